package job

import (
	"os"
	"path/filepath"

	"relaytop/relay"
	"relaytop/state/disk"
)

// maxRecount is the longest journal, in bytes, that a list reads. A resume reads one of any length.
const maxRecount = 16 << 20

// recount takes the figures of a run from its journal. It is for one whose header is gone: it was killed before the
// first was written, or the file was damaged.
func (s *stored) recount(h *Header) {
	h.ByClass = make(map[relay.Class]int)
	h.Queued = h.Rows
	f, err := disk.Open(filepath.Join(s.dir, journalName), os.O_RDONLY)
	if err != nil {
		return // which is damage, and said
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() > maxRecount {
		h.Stopped, h.Reason = StopUser, "its figures are lost: resume counts what its journal has"
		return
	}
	type name struct {
		key string
		occ int
	}
	rows := map[name]*row{}
	_, h.Damaged, _ = replay(f, 0, func(at int64, rec *record) {
		switch {
		case rec.State == stateLost:
			h.PaidTwice += rec.N
		case rec.Part != nil, rec.State == stateSent, rec.State == stateUnsent:
		default:
			n := name{rec.Key, rec.Occ}
			if rows[n] == nil {
				rows[n] = &row{}
			}
			cost, _ := h.count(rows[n], rec, at)
			h.Cost += cost
		}
	})
	h.Queued = max(h.Rows-h.Done(), 0)
}
