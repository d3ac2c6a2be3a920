package job

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"relaytop/relay"
	"relaytop/state/disk"
)

// maxListed bounds how many runs on the disk are listed.
const maxListed = 500

// Refresh reads the list of the runs on the disk.
func (b *Book) Refresh() error {
	kept, err := b.folders.all()
	if err != nil {
		return err
	}
	found := map[string]Header{}
	for _, s := range kept[:min(len(kept), maxListed)] {
		found[s.man.ID] = s.header()
	}
	b.mu.Lock()
	b.disk = found
	b.mu.Unlock()
	b.changed()
	return nil
}

// Before returns the runs on the disk that ended before a time, or began before it and have not ended. The list
// is not bounded as Headers is.
func (b *Book) Before(t time.Time) ([]Header, error) { return b.folders.before(t) }

// readHeader is the header of a run that is not open here.
func readHeader(dir string) (Header, error) {
	s, err := readStored(dir)
	if err != nil {
		return Header{}, err
	}
	return s.header(), nil
}

// readSaved reads the copy of a run's header; nil if there is none that can be read.
func readSaved(dir string) *Header {
	f, err := disk.Open(filepath.Join(dir, headerName), os.O_RDONLY)
	if err != nil {
		return nil
	}
	defer f.Close()
	var h Header
	if json.NewDecoder(f).Decode(&h) != nil || h.ID == "" {
		return nil
	}
	h.ID = filepath.Base(dir)
	return &h
}

// header is the header of a run that is not open. A run that was running, and that no process holds, was interrupted.
func (s *stored) header() Header {
	m := s.man
	h := Header{ID: m.ID, Input: m.Input.Name, Out: m.Out, Errors: m.Errors, State: Paused, Model: m.Options.Model,
		Carrier: m.Options.Carrier, Concurrency: m.Options.Concurrency, Rows: m.Rows, Started: m.Created}
	if s.saved != nil {
		h = *s.saved
	} else {
		s.recount(&h)
	}
	h.Path = m.Input.Path
	h.ReadOnly = disk.Locked(filepath.Join(s.dir, lockName))
	if s.saved != nil && !h.ReadOnly {
		s.correct(&h)
	}
	if !h.ReadOnly && !h.State.Rests() {
		h.State, h.Interrupted = Paused, true
		if h.Stopped == "" { // an unfinished pause keeps its reason: it decides which rows a resume sends again
			h.Stopped, h.Reason = StopUser, "it was interrupted: resume to go on"
		}
	}
	if !h.ReadOnly {
		h.Queued += h.Underway()
		h.InFlight, h.Writing, h.Retrying, h.Held, h.Pending = 0, 0, 0, 0, 0
		if s.damage != "" {
			h.State, h.Reason, h.Interrupted = Damaged, s.damage, false
		}
	}
	return h
}

// Remove deletes a run's folder with its journal, but not its outputs. It refuses a run that is open or locked, and
// one that a provider still has.
func (b *Book) Remove(id string) error {
	if r := b.run(id); r != nil && !r.view {
		return fmt.Errorf("%w: this one", ErrLocked)
	}
	b.dropView(id)
	dir := b.folders.of(id)
	s, err := readStored(dir)
	if err != nil {
		return err
	}
	if h := s.header(); h.Provider.Open > 0 {
		return fmt.Errorf("%w: run %s has %s with %s, and is billed for what they answer; "+
			"`relaytop batch cancel %s` stops them", ErrAtProvider, id, relay.Counted(h.Provider.Open, "part"),
			h.Provider.Endpoint, id)
	}
	l, err := lockRun(filepath.Join(dir, lockName))
	if err != nil {
		return err
	}
	b.mu.Lock()
	delete(b.disk, id)
	b.mu.Unlock()
	return errors.Join(l.Release(), os.RemoveAll(dir))
}
