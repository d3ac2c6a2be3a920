package probe

import (
	"context"
	"fmt"
	"time"

	"relaytop/relay"
)

// What is asked: enough tokens that a stream shows itself as one.
const (
	question  = "Count from 1 to 20."
	maxTokens = 32
)

// paid is what the paid request brought.
type paid struct {
	sent  bool
	why   string      // why it was not sent, where that was not our own choice
	reply relay.Reply // as every part of relaytop gets it
	cost  relay.Cost
	quirk []string // what the relay made us leave out
}

func (p paid) class() relay.Class {
	if !p.sent || p.reply.Err == nil {
		return ""
	}
	return p.reply.Err.Class
}

// answered reports whether a model said something.
func (p paid) answered() bool {
	return p.sent && (p.reply.Timing.Chunks > 0 || p.reply.Status.Answered())
}

// what says to a person what is about to be paid for.
func (p *probe) what() string {
	return fmt.Sprintf("one request to %s at %s, of at most %d tokens, which the relay charges for (again without a "+
		"parameter that it refuses, three times at most)",
		p.opt.Model, p.http.base.Host, maxTokens)
}

// pay sends the paid request if that is allowed. The simulated relay needs nobody's leave: it charges nothing.
func (p *probe) pay(ctx context.Context) {
	free, pay := p.e.Kind == "sim", p.opt.Pay
	if p.opt.Model == "" || ctx.Err() != nil || pay.Ask == nil && !free {
		return
	}
	select {
	case <-p.priced: // what is paid is settled by the relay's own prices
	case <-ctx.Done():
		return
	}
	if pay.Guard != nil {
		if err := pay.Guard(); err != nil {
			p.paid.why = err.Error()
			return
		}
	}
	if free || pay.Ask(p.what()) {
		p.send(ctx)
	}
}

// send makes the paid request, and tells what it cost.
func (p *probe) send(ctx context.Context) {
	within, cancel := context.WithTimeout(ctx, 2*p.e.Timeout)
	defer cancel()
	model := p.opt.Model
	req := &relay.Request{ID: relay.NewID(), Lane: relay.LaneBench, Model: model,
		Params: relay.Params{}.With("max_tokens", maxTokens), Once: true,
		Messages: []relay.Message{{Role: "user", Text: question}}, Sched: time.Now()}
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

// result is the end of a request of one attempt, as the ledger keeps it.
func result(req *relay.Request, endpoint string, r *relay.Reply) *relay.Result {
	try := relay.Attempt{N: 1, Endpoint: endpoint, Model: req.Model, Status: r.HTTP, Timing: r.Timing, Usage: r.Usage}
	if r.Err != nil {
		try.Class, try.Message = r.Err.Class, r.Err.Message
	}
	return &relay.Result{ID: req.ID, Lane: req.Lane, Status: r.Status, Finish: r.Finish, Requested: req.Model,
		Asked: req.Model, Model: r.Model, Endpoint: endpoint,
		Usage: r.Usage, Timing: r.Timing, Attempts: []relay.Attempt{try}, Remote: r.Remote, Wall: time.Now(), Err: r.Err}
}
