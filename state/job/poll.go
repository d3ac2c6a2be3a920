package job

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"relaytop/relay"
)

// unknownFor is how many polls in a row must not know a batch before it counts as lost: one that was just created may
// not be everywhere yet.
const unknownFor = 3

// take takes what the provider says about the batch of a part.
func (p *part) take(b relay.Batch, now time.Time) {
	if b.Phase != p.Phase {
		switch b.Phase {
		case relay.BatchInProgress:
			p.Times.InProgress = now
		case relay.BatchFinalizing, relay.BatchCancelling:
			p.Times.Finalizing = now
		case relay.BatchCompleted, relay.BatchFailed, relay.BatchExpired, relay.BatchCancelled:
			p.Times.Ended = now
		case relay.BatchValidating:
		}
	}
	p.Phase, p.Word, p.Output, p.Errors, p.Code, p.Problem = b.Phase, b.Word, b.Output, b.Errors, b.Code, b.Problem
	p.Answered, p.Refused = min(max(p.Answered, b.Completed), p.Rows), min(max(p.Refused, b.Failed), p.Rows)
	if !b.Expires.IsZero() {
		p.Times.Expires = b.Expires
	}
}

// poll asks for the state of a part's batch.
func (c *carrier) poll(p *part) {
	var b relay.Batch
	err := c.during(func(ctx context.Context) (err error) {
		b, err = c.to.Batch(ctx, p.Batch)
		return err
	})
	a := c.retriesOf(p)
	if err != nil {
		if relay.AsError(err, relay.ClassNetwork).Status != statusNotFound {
			c.trouble(p, "polling part "+strconv.Itoa(p.N), err)
			return
		}
		if a.unknown++; a.unknown >= unknownFor {
			c.lose(p)
			return
		}
		c.again(p, 0)
		return
	}
	a.unknown = 0
	c.r.mu.Lock()
	before := p.Part
	p.take(b, c.r.book.now())
	p.Note = ""
	changed := before.Phase != p.Phase || before.Word != p.Word
	counted := before.Answered != p.Answered || before.Refused != p.Refused
	c.r.touch()
	c.r.mu.Unlock()
	if b.Phase.Final() && !c.awaitsFiles(p, b) {
		c.move(p, StepEnded, nil)
		return
	}
	if changed {
		a.failed = 0
	}
	if (changed || counted) && !c.noted(p, changed) {
		return
	}
	c.again(p, 0)
}

// noted records what a poll found. What it counted need not be durable.
func (c *carrier) noted(p *part, must bool) bool {
	if err := c.record(p, must); err != nil {
		c.r.pauseUnwritten(err)
		return false
	}
	return true
}

// awaitsFiles reports whether a batch that is completed names the file of its answers too late: it is asked again.
func (c *carrier) awaitsFiles(p *part, b relay.Batch) bool {
	if b.Phase != relay.BatchCompleted || b.Output != "" || b.Errors != "" && b.Completed == 0 && b.Total > 0 {
		return false
	}
	a := c.retriesOf(p)
	a.late++
	return a.late <= c.limits.LateFor
}

// cancel asks the provider to stop a part's batch. What it does then is polled.
func (c *carrier) cancel(p *part) {
	b, err := c.to.Cancel(c.r.tasks.ctx, p.Batch)
	if err != nil {
		e := relay.AsError(err, relay.ClassNetwork)
		if passes(e) && e.Status != statusConflict {
			c.trouble(p, "cancelling part "+strconv.Itoa(p.N), err)
			return
		}
	}
	c.r.mu.Lock()
	p.cancelSent, p.wakes = true, time.Time{}
	if err == nil {
		p.take(b, c.r.book.now())
	} else { // it may have ended already
		p.Note = "cancelling part " + strconv.Itoa(p.N) + ": " + err.Error()
	}
	c.r.touch()
	c.r.mu.Unlock()
	c.retriesOf(p).failed = 0
	c.recorded(p)
}

// lose ends a part whose batch the provider does not know. Its rows failed: whether they were answered, and billed,
// is not known.
func (c *carrier) lose(p *part) {
	m := newMerger(c, p)
	m.cut = true
	why := fmt.Sprintf("%s no longer knows the batch %s: whether this row was answered, and billed, is not known",
		p.Provider, p.Batch)
	if err := m.load(); err == nil {
		err = m.failRest(&relay.Error{Class: relay.ClassUpstream, Code: "batch_unknown", Message: why})
		if err != nil {
			c.r.pauseUnwritten(err)
			return
		}
	}
	if c.move(p, StepLost, func(q *part) { q.Times.Merged = c.r.book.now() }) {
		c.setback.add(fmt.Sprintf("%s no longer knows the batch %s of part %d: its %s count as failed; whether "+
			"they were billed is not known. --retry-failed sends them again", p.Provider, p.Batch, p.N,
			relay.Counted(p.Rows, "row")))
	}
}
