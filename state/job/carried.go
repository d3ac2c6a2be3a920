package job

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Carried is a run as its provider sees it: the parts, and what is asked of the provider.
type Carried struct {
	book *Book
	id   string
}

// Carried is a run that a provider carries. Any other has no parts.
func (b *Book) Carried(id string) Carried { return Carried{book: b, id: id} }

// Parts are the parts of the run, and their newest steps, oldest first. A run that is not open is opened to watch it.
func (c Carried) Parts() ([]Part, []PartStep) {
	r := c.book.run(c.id)
	if r == nil {
		c.book.watch(c.id)
		return nil, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]Part, len(r.rows.parts.list))
	for i, p := range r.rows.parts.list {
		out[i] = p.Part
	}
	return out, append([]PartStep(nil), r.rows.parts.steps...)
}

// Stored are the parts of the run as its journal on the disk has them.
func (c Carried) Stored() ([]Part, error) { return c.book.folders.parts(c.id) }

// Poll makes the provider be asked at once for each batch of the run, instead of when its next poll is due.
func (c Carried) Poll() error {
	r, err := c.book.steerable(c.id)
	if r == nil {
		return err
	}
	r.mu.Lock()
	for _, p := range r.rows.parts.list {
		p.wakes, p.Next = time.Time{}, time.Time{}
	}
	r.touch()
	r.mu.Unlock()
	r.notifyAll()
	return nil
}

// Detach pauses the run and closes it: its batches stay with the provider, and another process may go on with it.
// Collect leaves it alone from then on. It waits until the run has come to rest.
func (c Carried) Detach(ctx context.Context) error {
	b := c.book
	if h, ok := b.Header(c.id); ok && h.Provider.Open == 0 {
		return fmt.Errorf("no provider has rows of run %s", c.id)
	}
	if err := b.Pause(c.id); err != nil {
		return err
	}
	if _, err := b.Wait(ctx, c.id); err != nil {
		return err
	}
	r, err := b.steerable(c.id)
	if r == nil {
		return err
	}
	r.mu.Lock()
	rests := r.h.State == Paused
	r.steer.closing = r.steer.closing || rests // a resume that comes now does nothing
	r.mu.Unlock()
	if !rests { // its last answers came meanwhile, or it was resumed
		return nil
	}
	b.left.add(c.id)
	err = b.closeRun(r)
	b.changed()
	return err
}

// leftRuns are the runs that this process left to their provider.
type leftRuns struct {
	mu  sync.Mutex
	ids map[string]bool
}

func (l *leftRuns) add(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ids == nil {
		l.ids = map[string]bool{}
	}
	l.ids[id] = true
}

func (l *leftRuns) has(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ids[id]
}
