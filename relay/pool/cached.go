package pool

import (
	"time"

	"relaytop/relay"
)

// fromCache answers a task from the cache, if nothing was sent for it yet. It looks at every endpoint that serves
// the model. It returns nil if the request has to be sent.
func (t *task) fromCache() *relay.Result {
	c := t.p.opt.Cache
	if c == nil || !t.req.Cache || t.req.Once || t.candidate.model != 0 || len(t.attempts) > 0 {
		return nil
	}
	for _, e := range t.p.opt.Route.Serving(t.req.Model, t.req.Endpoint) {
		if r, ok := c.Get(e, t.req.Model, t.req); ok {
			t.replay(e, &r)
			return t.cachedResult(e, &r)
		}
	}
	return nil
}

// replay emits the events of a cached answer as if it were streamed.
func (t *task) replay(e relay.Endpoint, r *relay.Reply) {
	emit := func(ev relay.Event) {
		ev.Endpoint, ev.Model = e.Name, t.req.Model
		t.emit(ev)
	}
	for _, part := range []struct {
		kind relay.Kind
		text string
	}{{relay.Reasoning, r.Reasoning}, {relay.Text, r.Text}, {relay.Refusal, r.Refusal}} {
		if part.text != "" {
			emit(relay.Event{Kind: part.kind, Text: part.text})
		}
	}
	for i, call := range r.Tools {
		emit(relay.Event{
			Kind:   relay.Tool,
			Index:  int16(min(i, 1<<15-1)),
			Name:   call.Name,
			Text:   call.Arguments,
			Reason: call.ID,
		})
	}
}

// cachedResult makes the result of a request that the cache answered: no attempts, no timing, no cost. Its list price
// counts as saved.
func (t *task) cachedResult(e relay.Endpoint, r *relay.Reply) *relay.Result {
	res := &relay.Result{
		ID:        t.req.ID,
		Lane:      t.req.Lane,
		Status:    r.Status,
		Finish:    r.Finish,
		Requested: t.req.Model,
		Asked:     t.req.Model,
		Model:     r.Model,
		Endpoint:  e.Name,
		Text:      r.Text,
		Reasoning: r.Reasoning,
		Refusal:   r.Refusal,
		Tools:     r.Tools,
		Usage:     r.Usage,
		Raw:       r.Raw,
		Remote:    r.Remote,
		Timing:    relay.Timing{Sched: t.req.Sched},
		Cached:    true,
		Wall:      time.Now(),
		Cost:      relay.Cost{Source: relay.SourceCache},
	}
	if p := t.p.opt.Price; p != nil {
		paid := p.Cost(e, t.req.Model, r)
		res.Cost.List, res.Cost.ListKnown = paid.List, paid.ListKnown
	}
	return res
}

// toCache stores an answer in the cache. It runs after Done, so that only the worker waits for the disk.
func (t *task) toCache(e relay.Endpoint, r *relay.Reply) {
	p := t.p
	if p.opt.Cache == nil || !t.req.Cache || r.Status != relay.StatusOK {
		return
	}
	if err := p.opt.Cache.Put(e, t.lastAttempt().Model, t.req, r); err != nil {
		p.uncached.Do(func() {
			reason := "answers can't be cached: " + err.Error()
			p.opt.Sink(relay.Event{Kind: relay.Notice, At: time.Now(), Reason: reason})
		})
	}
}
