package job

import (
	"path/filepath"

	"relaytop/relay"
	"relaytop/state/disk"
)

// Space is the room that a run takes on the disk, in bytes.
type Space struct {
	Need      int64 // estimated: the journal, and the output with its answers
	Free      int64 // of the fuller one of the two disks
	FreeKnown bool
}

// Short reports whether the disk is known to have too little room.
func (s *Space) Short() bool { return s.FreeKnown && s.Free < s.Need }

// Bytes that a row takes beside its answer: its records in the journal, and its line in the output.
const (
	journalBytes = 1000
	lineBytes    = 350
	tokenBytes   = 4
)

// space is what a plan takes: the answers are stored twice, in the journal and in the output.
func (p *Plan) space(runs string) Space {
	answers := p.OutputLikely * tokenBytes
	s := Space{Need: int64(p.Rows)*(journalBytes+lineBytes) + 2*answers}
	for _, dir := range [...]string{runs, filepath.Dir(p.Out)} {
		if n, ok := disk.Free(dir); ok && (!s.FreeKnown || n < s.Free) {
			s.Free, s.FreeKnown = n, true
		}
	}
	return s
}

// Space is the room that the rest of a run takes on the disk. The outputs are written beside those that are there, so
// what was answered before needs room once more.
func (b *Book) Space(h *Header) Space {
	left := int64(h.Rows - h.Done())
	answer := int64(relay.AssumedAnswer)
	switch {
	case h.OK > 0:
		answer = h.Usage.Output / int64(h.OK)
	case b.prices.measured != nil:
		if m := b.prices.measured(h.Model); m.Answers > 0 {
			answer = m.Output
		}
	}
	p := Plan{Rows: int(left), OutputLikely: left * answer, Out: h.Out}
	s := p.space(b.cfg.Dir)
	s.Need += h.Journal
	return s
}
