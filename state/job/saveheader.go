package job

import (
	"sync"
	"time"
)

// headerEvery is how often the header of a run is saved at most, unless the run rests.
const headerEvery = time.Second

// savedHeader is the copy of a run's header on the disk.
type savedHeader struct {
	saving  sync.Mutex // held while a copy is written, so that none replaces a newer one; taken before the run's lock
	at      time.Time
	version uint64 // of the header that was saved
}

// headerLoop saves the header of a run that changes: rows that are sent and not answered yet write nothing else, and
// other processes read the state of the run there.
func (r *run) headerLoop() {
	t := time.NewTicker(headerEvery)
	defer t.Stop()
	for {
		r.mu.Lock()
		stale := !r.h.State.Rests() && r.h.Version != r.folder.header.version
		r.mu.Unlock()
		if stale {
			r.saveHeader(false)
		}
		select {
		case <-t.C:
		case <-r.tasks.ctx.Done():
			return
		}
	}
}

// saveHeader writes the header that lists are made from, at most once in headerEvery unless must is set. Until
// the journal is replayed the copy that is there stays: it says how long the journal must be.
func (r *run) saveHeader(must bool) {
	if err := r.replaceHeader(must); err != nil && must {
		r.pauseFor(StopDisk, "keeping the run's header: "+err.Error())
	}
}

func (r *run) replaceHeader(must bool) error {
	saved := &r.folder.header
	saved.saving.Lock()
	defer saved.saving.Unlock()
	r.mu.Lock()
	now := r.book.now()
	if r.view || r.steer.resumed && !r.folder.replayed || !must && now.Sub(saved.at) < headerEvery {
		r.mu.Unlock()
		return nil
	}
	h := r.headerLocked()
	saved.at, saved.version = now, h.Version
	r.mu.Unlock()
	return writeJSON(r.folder.path(headerName), h)
}
