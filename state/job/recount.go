package job

import (
	"os"
	"path/filepath"

	"relaytop/relay"
	"relaytop/state/disk"
)

// maxRecount is the longest journal, in bytes, that a list reads. A resume reads one of any length.
const maxRecount = 16 << 20

// openShort opens the journal of a run; false: it can't be opened, which is damage and said, or it is too long for a
// list.
func (s *stored) openShort() (*os.File, os.FileInfo, bool) {
	f, err := disk.Open(filepath.Join(s.dir, journalName), os.O_RDONLY)
	if err != nil {
		return nil, nil, false
	}
	if info, err := f.Stat(); err == nil && info.Size() <= maxRecount {
		return f, info, true
	}
	_ = f.Close() // it was only read
	return nil, nil, false
}

// recount takes the figures of a run from its journal. It is for one whose header is gone: it was killed before the
// first was written, or the file was damaged.
func (s *stored) recount(h *Header) {
	h.ByClass = make(map[relay.Class]int)
	h.Queued = h.Rows
	f, _, ok := s.openShort()
	if !ok {
		if s.damage == "" {
			h.Stopped, h.Reason = StopUser, "its figures are lost: resume counts what its journal has"
		}
		return
	}
	defer f.Close()
	h.recount(f)
}

// correct takes the figures of a run that no process holds from its journal, if the copy of its header may be behind
// it: of a run that was interrupted it is up to a second older, and of one at rest the journal was changed after its
// end.
func (s *stored) correct(h *Header) {
	rested := s.saved.State.Rests()
	f, info, ok := s.openShort()
	if !ok || s.damage != "" {
		return
	}
	defer f.Close()
	kept, err := os.Stat(filepath.Join(s.dir, headerName))
	if err != nil || rested && !info.ModTime().After(kept.ModTime()) {
		return
	}
	now := *h
	now.OK, now.Failed, now.Incomplete, now.Skipped, now.FellBack = 0, 0, 0, 0, 0
	now.ByClass, now.Usage, now.Cost, now.Source = make(map[relay.Class]int), relay.Usage{}, 0, ""
	now.Unknown, now.Saved, now.SavedKnown = 0, 0, false
	now.InFlight, now.Writing, now.Retrying, now.Held = 0, 0, 0, 0
	now.recount(f)
	now.Skipped = max(now.Skipped, h.Skipped) // bad rows are not in the journal
	now.Queued = max(now.Rows-now.Done(), 0)
	if now.Done() > now.Rows || rested && now.Damaged <= h.Damaged {
		return
	}
	now.PaidTwice = max(now.PaidTwice, h.PaidTwice)
	*h = now
	if rested {
		h.State, h.Reason = Paused, "its journal was changed after its end: resume sends the rows whose records are damaged"
	}
}

// recount adds up the records of a journal. A row that was sent and has no record may be paid twice.
func (h *Header) recount(f *os.File) {
	type name struct {
		key string
		occ int
	}
	rows := map[name]*row{}
	h.Lost = 0
	_, h.Damaged, _ = replay(f, 0, func(at int64, rec *record) {
		switch {
		case rec.State == stateLost:
			h.Lost += rec.N
			return
		case rec.Part != nil:
			return
		}
		n := name{rec.Key, rec.Occ}
		if rows[n] == nil {
			rows[n] = &row{}
		}
		row := rows[n]
		sent := row.flags&flagSent != 0
		row.flags &^= flagSent
		switch rec.State {
		case stateSent:
			if row.flags |= flagSent; sent {
				row.flags |= flagTwice
			}
			h.tally(row, -1)
			row.outcome, row.class = Pending, 0
		case stateUnsent:
		default:
			cost, _ := h.count(row, rec, at)
			h.Cost += cost
		}
	})
	h.PaidTwice = h.Lost
	for _, row := range rows {
		if row.flags&(flagSent|flagTwice) != 0 {
			h.PaidTwice++
		}
	}
	h.Queued = max(h.Rows-h.Done(), 0)
}
