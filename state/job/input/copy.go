package input

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"
)

// copySync is how often a copy is synced while it is written: a power cut loses the rows of that time at most.
const copySync = time.Second

// kindFor is how long the kind of a stream that is slow waits for more than its first line.
const kindFor = 500 * time.Millisecond

// errStopped ends a copy that nobody needs.
var errStopped = errors.New("the copy was stopped")

// Copy is a copy of a stream in a file. It is read while it is written. A Copy is an io.Writer for the stream.
type Copy struct {
	f *os.File

	mu      sync.Mutex
	end     int64
	ended   bool
	err     error         // why it ended before the stream did
	grown   chan struct{} // closed and replaced at every change
	synced  time.Time
	stopped bool
}

// NewCopy makes a copy into an empty file. The Copy closes it.
func NewCopy(f *os.File) *Copy { return &Copy{f: f, grown: make(chan struct{}), synced: time.Now()} }

// Write appends a piece of the stream.
func (c *Copy) Write(p []byte) (int, error) {
	c.mu.Lock()
	stopped := c.stopped
	c.mu.Unlock()
	if stopped {
		return 0, errStopped
	}
	n, err := c.f.Write(p)
	if now := time.Now(); err == nil && now.Sub(c.synced) >= copySync {
		c.synced, err = now, c.f.Sync()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end += int64(n)
	c.changed()
	return n, err
}

// Finish ends the copy, and makes it durable. err is why the stream could not be read to its end.
func (c *Copy) Finish(err error) {
	err = errors.Join(err, c.f.Sync(), c.f.Close())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended, c.err = true, err
	c.changed()
}

// Stop makes the next Write fail.
func (c *Copy) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
}

func (c *Copy) changed() {
	close(c.grown)
	c.grown = make(chan struct{})
}

// state is how far the copy is, and a channel that is closed when it gets further.
func (c *Copy) state() (end int64, ended bool, grown <-chan struct{}, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.end, c.ended, c.grown, c.err
}

// past waits until the copy is longer than off, or ended, and returns its length. It calls idle before it waits.
func (c *Copy) past(ctx context.Context, off int64, idle func()) (int64, error) {
	for {
		end, ended, grown, err := c.state()
		if off < end {
			return end, nil
		}
		if ended {
			return end, err
		}
		idle()
		select {
		case <-grown:
		case <-ctx.Done():
			return end, ctx.Err()
		}
	}
}

// head waits for as much as is needed to find the kind of the input: n bytes, all of it, or what there is when a slow
// stream has given a line.
func (c *Copy) head(ctx context.Context, n int64, line func(end int64) bool) error {
	slow := time.NewTimer(kindFor)
	defer slow.Stop()
	late := false
	for {
		end, ended, grown, err := c.state()
		if end >= n || ended || late && line(end) {
			return err
		}
		select {
		case <-grown:
		case <-slow.C:
			late = true
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
