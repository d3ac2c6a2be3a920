package job

import "time"

// syncEvery is how long a record may stay undurable: what a power cut may cost.
const syncEvery = 50 * time.Millisecond

// write puts answers into the journal. A slot is free once its record is written, not once it is durable: waiting for the disk would
// cost a third of the throughput.
func (r *run) write() {
	for {
		s := r.nextSettling()
		if s == nil {
			select {
			case <-r.work:
				continue
			case <-r.ctx.Done():
				return
			}
		}
		if err := r.writeOne(s); err != nil {
			r.mu.Lock()
			r.writing--
			r.queue = append([]*settling{s}, r.queue...)
			r.jam(err)
			r.mu.Unlock()
			r.book.changed()
			continue
		}
		r.mu.Lock()
		r.writing--
		r.slots--
		r.unsynced = append(r.unsynced, s)
		r.mu.Unlock()
		kick(r.sync)
		kick(r.wake)
	}
}

func (r *run) nextSettling() *settling {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stuck || len(r.queue) == 0 {
		return nil
	}
	s := r.queue[0]
	r.queue = r.queue[1:]
	r.writing++
	return s
}

func (r *run) writeOne(s *settling) (err error) {
	if s.line == nil {
		s.rec = s.record(r)
		if s.line, err = encodeRecord(s.rec); err != nil {
			return err
		}
	}
	s.at, err = r.jr.append(s.line)
	return err
}

// jam stops everything until a resume: a run never goes on without its journal; under the lock.
func (r *run) jam(err error) {
	r.stuck = true
	r.cancelling = false
	r.halt("disk", err.Error()+": make room on the disk, then resume; nothing is lost")
	kick(r.wake)
}

// flush makes groups of records durable, and counts their rows.
func (r *run) flush() {
	for {
		select {
		case <-r.sync:
		case <-r.ctx.Done():
			return
		}
		if !r.idle() {
			t := time.NewTimer(syncEvery)
			select {
			case <-t.C:
			case <-r.ctx.Done():
				t.Stop()
			}
		}
		r.flushOne()
		kick(r.wake)
		r.keepHeader(false)
		r.book.changed()
	}
}

// idle reports whether no other record can come to share the sync.
func (r *run) idle() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.slots == 0
}

func (r *run) flushOne() {
	r.mu.Lock()
	group := r.unsynced
	r.unsynced = nil
	r.mu.Unlock()
	if len(group) == 0 {
		return
	}
	err := r.jr.sync()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		// After a failed fsync the system may have dropped the pages: the records are written once more.
		r.queue = append(group, r.queue...)
		r.slots += len(group)
		r.jam(err)
		return
	}
	for _, s := range group {
		r.settle(s)
	}
}

// keepHeader writes the copy of the header that lists are made of, at most once a second unless it must.
func (r *run) keepHeader(must bool) {
	r.mu.Lock()
	now := r.book.now()
	if r.view || !must && now.Sub(r.saved) < time.Second {
		r.mu.Unlock()
		return
	}
	r.saved = now
	h := r.headerLocked()
	r.mu.Unlock()
	if err := writeJSON(r.path(headerName), h); err != nil && must {
		r.pauseFor("disk", "keeping the run's header: "+err.Error())
	}
}
