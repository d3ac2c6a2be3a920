package job

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// plan writes rows into parts until one is whole. Rows of different models, or of different paths, are never in one
// part.
func (c *carrier) plan() {
	if !c.covered && !c.covers() {
		return
	}
	for {
		c.r.mu.Lock()
		i, running := c.r.rows.nextFresh(), c.r.h.State == Running
		c.r.mu.Unlock()
		if !running {
			return
		}
		if i < 0 {
			if len(c.files) > 0 {
				list := slices.Collect(maps.Values(c.files))
				c.close(slices.MinFunc(list, func(a, b *partFile) int { return a.n - b.n }))
			}
			return
		}
		whole, err := c.put(i)
		if err != nil {
			c.r.pauseUnread(err)
			return
		}
		if whole != nil {
			c.close(whole)
			return
		}
	}
}

// put writes row i into the part of its group. A part that it does not fit into is returned: the row is not written
// then.
func (c *carrier) put(i int) (whole *partFile, err error) {
	p, body, err := c.r.in.parsed(c.r.rows.ix, i)
	if err != nil {
		return nil, err
	}
	req := c.r.in.spec.request(&p, body, input.Canonical(body))
	sent, err := c.to.Body(&req)
	if err != nil {
		return nil, err
	}
	k, occ := c.r.rows.ix.place(i).key, c.r.rows.ix.occurrence(i)
	line, err := batchLine(customID(k, occ), p.Path, sent)
	if err != nil {
		return nil, err
	}
	of := group{req.Model, p.Path}
	f := c.files[of]
	if f != nil && (len(f.indexes) >= c.limits.Rows || f.bytes+int64(len(line)) > c.limits.Bytes) {
		return f, nil
	}
	if f == nil {
		if f, err = newPartFile(&c.r.folder, c.nextPart(), of); err != nil {
			return nil, err
		}
		c.files[of] = f
	}
	in := relay.EstimateBody(body)
	entry := &partRow{CustomID: customID(k, occ), Row: i + 1, ID: c.r.rows.ix.idOf(i, p.ID),
		Try: int(c.r.rowAt(i).try) + 1, Input: in, i: i}
	if err := f.add(entry, line, c.worst(req.Model, in, outputBound(p.Path, body))); err != nil {
		return nil, err
	}
	c.r.mu.Lock()
	c.r.rows.ix.at(i).flags |= flagCarried
	c.r.mu.Unlock()
	return nil, nil
}

// nextPart is the number of the next part.
func (c *carrier) nextPart() int {
	n := 0
	for _, f := range c.files {
		n = max(n, f.n)
	}
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	for _, p := range c.r.rows.parts.list {
		n = max(n, p.N)
	}
	return n + 1
}

// close ends the file of a part, which is planned then.
func (c *carrier) close(f *partFile) {
	delete(c.files, f.of)
	p := &part{Part: Part{N: f.n, Step: StepPlanned, Provider: c.to.Name(), Model: f.of.model, Path: f.of.path,
		Rows: len(f.indexes), Bytes: f.bytes, Worst: f.worst}}
	p.Times.Planned = c.r.book.now()
	err := f.finish(&c.r.folder, c.r.book.cfg.files)
	if err == nil {
		c.r.mu.Lock()
		c.r.rows.parts.list = append(c.r.rows.parts.list, p)
		slices.SortFunc(c.r.rows.parts.list, func(a, b *part) int { return a.N - b.N })
		c.r.mu.Unlock()
		err = c.record(p, true)
	}
	if err != nil {
		c.release(f.indexes)
		c.r.mu.Lock()
		p.Step = StepDropped
		c.r.mu.Unlock()
		c.r.pauseUnwritten(err)
	}
}

// discard gives up the parts that are being written: their rows are pending again.
func (c *carrier) discard() {
	for _, of := range slices.Collect(maps.Keys(c.files)) {
		f := c.files[of]
		f.abandon(&c.r.folder)
		c.release(f.indexes)
		delete(c.files, of)
	}
}

// release takes rows out of their part. Those without an outcome are pending again.
func (c *carrier) release(indexes []int) {
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	for _, i := range indexes {
		if i >= 0 {
			c.r.rows.uncarry(i)
		}
	}
	c.r.touch()
}

// uncarry takes a row out of its part. One without an outcome can be sent again.
func (r *rows) uncarry(i int) {
	row := r.ix.at(i)
	row.flags &^= flagCarried
	if row.outcome == Pending {
		r.next, r.low = min(r.next, i), min(r.low, i)
	}
}

// worst is the most that a row may cost at the provider; 0 if no price is known.
func (c *carrier) worst(model string, in, out int64) relay.Money {
	cost, _ := c.to.Price(model, in+in/4, boundOf(out))
	return cost.Amount
}

// covers refuses a run whose budget does not cover the worst case of its rows: once a part is at the provider,
// nothing can stop its cost.
func (c *carrier) covers() bool {
	r := c.r
	r.mu.Lock()
	limit, spent, open := r.purse.limit, r.purse.spent, r.rows.parts.state().Worst
	n := r.rows.ix.len
	r.mu.Unlock()
	if c.covered = true; limit == 0 {
		return true
	}
	sum := spent + open
	for i := range n {
		row := r.rowAt(i)
		if row.outcome != Pending || row.flags&flagCarried != 0 {
			continue
		}
		p, body, err := r.in.parsed(r.rows.ix, i)
		if err != nil {
			r.pauseUnread(err)
			c.covered = false
			return false
		}
		model, _ := body["model"].(string)
		sum += c.worst(model, relay.EstimateBody(body), outputBound(p.Path, body))
	}
	if sum <= limit {
		return true
	}
	c.covered = false
	r.mu.Lock()
	r.h.NextBudget = sum
	r.mu.Unlock()
	r.pauseFor(StopBudget, fmt.Sprintf("at the provider these rows may cost up to $%s, and the budget is $%s: nothing "+
		"was uploaded; raise the budget, lower max_tokens, or run them through the pool, which stops at a budget",
		sum, limit))
	return false
}

// record writes the step that a part has come to into the journal. must: it is durable before record returns.
func (c *carrier) record(p *part, must bool) error {
	c.r.mu.Lock()
	now := c.r.book.now()
	step := p.Part
	c.r.rows.parts.note(now, &step)
	c.r.touch()
	c.r.mu.Unlock()
	_, err := c.r.rec.journal.add(&record{State: statePart, At: now, Part: &step})
	if err == nil && must {
		err = c.r.rec.journal.sync()
	}
	c.r.saveHeader(false)
	return err
}

// recorded is record, and pauses the run if the journal can't be written.
func (c *carrier) recorded(p *part) bool {
	if err := c.record(p, true); err != nil {
		c.r.pauseUnwritten(err)
		return false
	}
	return true
}

// mark finds the rows of the parts that are open, after the journal was read. A part without its map that has no
// batch is dropped.
func (r *rows) mark(f *folder) error {
	for _, p := range r.parts.list {
		if p.Over() {
			continue
		}
		err := readMap(f, p.N, func(row *partRow) {
			if i := r.placeOf(row.CustomID); i >= 0 && int(r.ix.at(i).try) < row.Try {
				r.ix.at(i).flags |= flagCarried
			}
		})
		switch {
		case err == nil:
		case p.Step == StepPlanned || p.Step == StepUploaded:
			p.Step = StepDropped
		default:
			return errors.Join(fmt.Errorf("part %d is with %s as %s", p.N, p.Provider, p.Batch), err)
		}
	}
	return nil
}

// placeOf is the index of the row that a custom_id names, or -1.
func (r *rows) placeOf(id string) int {
	k, occ, ok := parseCustomID(id)
	if !ok {
		return -1
	}
	return r.ix.find(k, occ)
}
