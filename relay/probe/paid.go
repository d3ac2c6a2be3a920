package probe

import (
	"context"
	"fmt"
	"time"

	"relaytop/relay"
)

// The paid question: its answer is long enough to be seen as a stream.
const (
	question  = "Count from 1 to 20."
	maxTokens = 32
)

// paid is the result of the paid request.
type paid struct {
	sent  bool
	why   string // why it was not sent, if it was requested
	reply relay.Reply
	cost  relay.Cost
	quirk []string // the parameters that it refused, in words
}

func (p paid) class() relay.Class {
	if !p.sent || p.reply.Err == nil {
		return ""
	}
	return p.reply.Err.Class
}

// answered reports whether a model answered.
func (p paid) answered() bool {
	return p.sent && (p.reply.Timing.Chunks > 0 || p.reply.Status.Answered())
}

// what describes the paid request to a person.
func (p *probe) what() string {
	return fmt.Sprintf("one request to %s at %s, of at most %d tokens, which the relay charges for (again without a "+
		"parameter that it refuses, three times at most)",
		p.opt.Model, p.http.base.Host, maxTokens)
}

// pay sends the paid request if it is allowed. The simulated relay charges nothing, so Ask is not called.
func (p *probe) pay(ctx context.Context) {
	free, pay := p.e.Kind == relay.KindSim, p.opt.Pay
	if p.opt.Model == "" || ctx.Err() != nil || pay.Ask == nil && !free {
		return
	}
	select {
	case <-p.priced: // the cost is settled by the relay's own prices
	case <-ctx.Done():
		return
	}
	if pay.Guard != nil {
		_, _, _, priced := p.opt.Prices.Rates(p.e, p.opt.Model)
		if err := pay.Guard(p.opt.Model, priced); err != nil {
			p.paid.why = err.Error()
			return
		}
	}
	if free || pay.Ask(p.what()) {
		p.send(ctx)
	}
}

// send makes the paid request and records its cost.
func (p *probe) send(ctx context.Context) {
	within, cancel := context.WithTimeout(ctx, 2*p.e.Timeout)
	defer cancel()
	model := p.opt.Model
	req := &relay.Request{ID: relay.NewID(), Lane: relay.LaneBench, Model: model,
		Params: relay.Params{}.With("max_tokens", maxTokens), Once: true,
		Messages: []relay.Message{{Role: relay.RoleUser, Text: question}}, Sched: time.Now()}
	p.paid.sent = true
	p.paid.reply = p.client.Send(within, relay.Call{Request: req, Endpoint: p.e.Name, Model: model, Attempt: 1},
		func(e relay.Event) {
			if e.Kind == relay.Quirk {
				p.paid.quirk = append(p.paid.quirk, e.Reason)
			}
		})
	r := &p.paid.reply
	// else nothing was charged
	if r.Status.Answered() || r.Visible || r.Usage != nil || r.Reported != nil || r.Header != nil {
		p.paid.cost = p.opt.Prices.Cost(p.e, model, r)
	}
	if p.opt.Pay.Sink != nil {
		done := result(req, p.e.Name, r)
		done.Cost = p.paid.cost
		p.opt.Pay.Sink(relay.Event{Kind: relay.Done, ID: req.ID, Lane: req.Lane, Attempt: 1, At: time.Now(),
			Endpoint: p.e.Name, Model: model, Result: done})
	}
}

// result returns the Result of a request of one attempt, for the record.
func result(req *relay.Request, endpoint string, r *relay.Reply) *relay.Result {
	try := relay.Attempt{N: 1, Endpoint: endpoint, Model: req.Model, Status: r.HTTP, Timing: r.Timing, Usage: r.Usage}
	if r.Err != nil {
		try.Class, try.Message = r.Err.Class, r.Err.Message
	}
	return &relay.Result{ID: req.ID, Lane: req.Lane, Status: r.Status, Finish: r.Finish, Requested: req.Model,
		Asked: req.Model, Model: r.Model, Endpoint: endpoint,
		Usage: r.Usage, Timing: r.Timing, Attempts: []relay.Attempt{try}, Remote: r.Remote, Wall: time.Now(), Err: r.Err}
}
