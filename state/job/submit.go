package job

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"time"

	"relaytop/relay"
	"relaytop/state/disk"
)

// Statuses of HTTP that mean something of their own to a carrier.
const (
	statusNotFound = 404
	statusTimeout  = 408
	statusConflict = 409
	statusTooEarly = 425
)

// The metadata of a batch by which it is found again.
const (
	metaRun  = "run_id"
	metaPart = "part"
)

// createFor bounds the creation of a batch.
const createFor = 2 * time.Minute

// probe finds out whether the provider has batches, before anything is written for it.
func (c *carrier) probe() {
	var can relay.Capability
	err := c.during(func(ctx context.Context) (err error) {
		can, err = c.to.Probe(ctx)
		return err
	})
	switch {
	case err != nil:
		c.trouble(nil, "asking for batches", err)
	case !can.Available:
		c.r.pauseFor(StopProvider, can.Reason+": resume with --provider-batch=false to send the rows one by one")
	default:
		c.probed = true
	}
}

// upload sends the file of a part.
func (c *carrier) upload(p *part) {
	var id string
	path := c.r.folder.path(rowsName(p.N))
	name := "relaytop-" + c.r.id + "-" + rowsName(p.N)
	err := c.during(func(ctx context.Context) error {
		f, err := disk.Open(path, os.O_RDONLY)
		if err != nil {
			return err
		}
		defer f.Close()
		size, err := f.Seek(0, io.SeekEnd)
		if err == nil {
			_, err = f.Seek(0, io.SeekStart)
		}
		if err != nil || size != p.Bytes {
			return errors.Join(err, fs.ErrNotExist)
		}
		id, err = c.to.Upload(ctx, p.Model, name, size, f)
		return err
	})
	switch {
	case errors.Is(err, fs.ErrNotExist): // it was written, and not made durable, before the power went
		c.drop(p)
	case err != nil:
		c.trouble(p, "uploading part "+strconv.Itoa(p.N), err)
	default:
		c.move(p, StepUploaded, func(q *part) { q.File, q.Times.Uploaded = id, c.r.book.now() })
	}
}

// move brings a part to a step and records it.
func (c *carrier) move(p *part, s Step, change func(*part)) bool {
	c.r.mu.Lock()
	p.Step, p.wakes, p.Next, p.Note = s, time.Time{}, time.Time{}, ""
	if change != nil {
		change(p)
	}
	c.r.touch()
	c.r.mu.Unlock()
	c.retriesOf(p).failed = 0
	return c.recorded(p)
}

// create creates the batch of a part. If an earlier attempt may have created it, it is looked for first.
func (c *carrier) create(p *part) {
	if p.Step == StepSubmitting && !c.lookFor(p) {
		return
	}
	c.retriesOf(p).looking = time.Time{}
	if !c.move(p, StepSubmitting, func(q *part) { q.Times.Submitting = c.r.book.now() }) {
		return
	}
	ctx, stop := context.WithTimeout(c.r.tasks.ctx, createFor)
	defer stop()
	b, err := c.to.Create(ctx, relay.BatchOrder{File: p.File, Path: p.Path, Metadata: c.metadata(p)})
	if err == nil {
		c.created(p, b)
		return
	}
	if e := relay.AsError(err, relay.ClassNetwork); refusedFor(e) {
		if c.move(p, StepUploaded, nil) { // it is certain that there is none
			c.trouble(p, "creating the batch of part "+strconv.Itoa(p.N), err)
		}
		return
	}
	c.trouble(p, "creating the batch of part "+strconv.Itoa(p.N), err)
}

// refusedFor reports whether an error says that nothing was created.
func refusedFor(e *relay.Error) bool {
	switch e.Status {
	case statusTimeout, statusConflict, statusTooEarly:
		return false
	}
	return e.Status >= 300 && e.Status < 500
}

func (c *carrier) metadata(p *part) map[string]string {
	return map[string]string{metaRun: c.r.id, metaPart: strconv.Itoa(p.N)}
}

// created takes the batch of a part.
func (c *carrier) created(p *part, b relay.Batch) {
	ok := c.move(p, StepCreated, func(q *part) {
		q.Batch, q.Times.Created = b.ID, c.r.book.now()
		q.take(b, c.r.book.now())
	})
	if ok {
		_ = os.Remove(c.r.folder.path(rowsName(p.N))) // the provider has it; the map stays
		c.again(p, 0)
	}
}

// lookFor looks for the batch of a part in the provider's list. False: it was found, or may still appear there.
func (c *carrier) lookFor(p *part) bool {
	var found *relay.Batch
	err := c.during(func(ctx context.Context) error {
		return c.to.List(ctx, func(b relay.Batch) bool {
			if b.Metadata[metaRun] == c.r.id && b.Metadata[metaPart] == strconv.Itoa(p.N) ||
				b.Input == p.File && p.File != "" {
				found = &b
			}
			return found == nil
		})
	})
	a, now := c.retriesOf(p), c.r.book.now()
	if a.looking.IsZero() && err == nil {
		a.looking = now
	}
	switch {
	case err != nil:
		c.trouble(p, "looking for the batch of part "+strconv.Itoa(p.N), err)
		return false
	case found != nil:
		c.created(p, *found)
		return false
	case now.Sub(a.looking) < c.limits.FindFor:
		c.again(p, 0)
		return false
	}
	c.r.mu.Lock()
	cancelling := c.r.steer.cancelling
	c.r.mu.Unlock()
	if cancelling {
		c.drop(p)
		return false
	}
	return true
}

// drop ends a part that never became a batch: its rows are pending again.
func (c *carrier) drop(p *part) {
	indexes := c.rowsOf(p)
	if c.move(p, StepDropped, nil) {
		c.release(indexes)
	}
}

// rowsOf are the rows of a part, by index. Without its map there are none.
func (c *carrier) rowsOf(p *part) (indexes []int) {
	_ = readMap(&c.r.folder, p.N, func(row *partRow) { indexes = append(indexes, c.r.rows.placeOf(row.CustomID)) })
	return indexes
}

// again sets when a part is due again: later with each failure in a row, and not before the provider asked for.
func (c *carrier) again(p *part, asked time.Duration) {
	a := c.retriesOf(p)
	d := c.limits.PollMin << min(a.failed, 10)
	d = max(min(d, c.limits.PollMax), asked)
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	a.failed++
	p.wakes = c.r.book.now().Add(d)
	p.Next = p.wakes
	c.r.touch()
}

// trouble decides about a request that failed: it is tried again later, or the run pauses.
func (c *carrier) trouble(p *part, doing string, err error) {
	if errors.Is(err, relay.ErrBudget) {
		c.r.pauseFor(StopBudget, err.Error())
		return
	}
	e := relay.AsError(err, relay.ClassNetwork)
	switch {
	case e.Class == relay.ClassCancelled:
	case e.Class.Traits().Refused:
		c.r.pauseFor(Stop(e.Class), fmt.Sprintf("%s, %s: %s; %s; then resume", c.to.Name(), doing, e.Error(), e.Advice()))
	case p != nil && passes(e):
		c.r.mu.Lock()
		p.Note = doing + ": " + e.Error()
		c.r.mu.Unlock()
		c.again(p, e.RetryAfter)
	case p != nil && (p.Step == StepPlanned || p.Step == StepUploaded):
		c.setback.add(fmt.Sprintf("%s, %s: %s: resume to try again", c.to.Name(), doing, e.Error()))
	default:
		c.r.pauseFor(StopProvider, fmt.Sprintf("%s, %s: %s: resume to try again", c.to.Name(), doing, e.Error()))
	}
}

// passes reports whether a failure may be over later.
func passes(e *relay.Error) bool {
	switch e.Class {
	case relay.ClassNetwork, relay.ClassTimeout, relay.ClassUpstream, relay.ClassOverloaded, relay.ClassRateLimit,
		relay.ClassTruncated, relay.ClassEmpty:
		return e.Retry == nil || *e.Retry || e.Class == relay.ClassNetwork
	case relay.ClassAuth, relay.ClassQuota, relay.ClassInvalid, relay.ClassUnknownModel, relay.ClassContextLength,
		relay.ClassContentFilter, relay.ClassProtocol, relay.ClassCancelled, relay.ClassSchema:
	}
	return false
}
