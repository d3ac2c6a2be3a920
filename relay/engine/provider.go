package engine

import (
	"context"
	"io"
	"slices"
	"time"

	"relaytop/relay"
	"relaytop/relay/batchapi"
	"relaytop/relay/openai"
	"relaytop/relay/price"
)

// Provider is the batch endpoint of a relay, with its prices.
type Provider struct {
	*batchapi.Client
	endpoint relay.Endpoint
	reader   *openai.Client
	prices   *price.Book
	guard    func(models ...string) error // may be nil
}

// Providers are the batch endpoints of all relays, in their order; whether a relay has one is found by its Probe.
// guard, which may be nil, is asked before a file is uploaded.
func (e *Engine) Providers(guard func(models ...string) error) []*Provider {
	var out []*Provider
	for _, to := range e.opt.Endpoints {
		c := e.clients[to.Name]
		out = append(out, &Provider{Client: batchapi.New(c), endpoint: to, reader: c, prices: e.prices, guard: guard})
	}
	return out
}

// Name is the name of the relay.
func (p *Provider) Name() string { return p.endpoint.Name }

// Serves reports whether the relay is asked for a model at all.
func (p *Provider) Serves(model string) bool {
	return len(p.endpoint.Models) == 0 || slices.Contains(p.endpoint.Models, model)
}

// Upload sends a file of rows for one model, unless the budget of the day is spent.
func (p *Provider) Upload(ctx context.Context, model, name string, size int64, rows io.Reader) (string, error) {
	if p.guard != nil {
		if err := p.guard(model); err != nil {
			return "", err
		}
	}
	return p.Client.Upload(ctx, name, size, rows)
}

// Body is the body of a row as the relay takes it.
func (p *Provider) Body(req *relay.Request) ([]byte, error) { return p.reader.Body(req) }

// Price is what a row will cost.
func (p *Provider) Price(model string, input, output int64) (relay.Cost, bool) {
	return p.prices.BatchForecast(p.endpoint)(model, input, output)
}

// Result is what a line says of its row: an answer only if it has no error, its status is 2xx and its body holds no
// error.
func (p *Provider) Result(l *relay.BatchLine, row relay.BatchRow) *relay.Result {
	reply := p.reader.ReadDocument(openai.Document{Model: row.Model, Path: row.Path, Status: statusOf(l), Body: l.Body,
		Input: row.Input})
	if l.Code != "" || l.Message != "" || l.Status == 0 {
		reply.Status = relay.StatusFailed // what it used is billed all the same
		reply.Err = lineError(l, reply.Err)
	}
	if reply.Err != nil {
		reply.Err.Endpoint, reply.Err.Model = p.endpoint.Name, row.Model
	}
	remote := reply.Remote
	if l.Remote != "" {
		remote = l.Remote
	}
	r := &relay.Result{
		ID: row.ID, Lane: relay.LaneBatch, Status: reply.Status, Finish: reply.Finish, Requested: row.Model,
		Asked: row.Model, Model: reply.Model, Endpoint: p.endpoint.Name, Text: reply.Text, Reasoning: reply.Reasoning,
		Refusal: reply.Refusal, Tools: reply.Tools, Usage: reply.Usage, Raw: reply.Raw, Remote: remote, Wall: time.Now(),
		Err: reply.Err,
	}
	r.Timing.Whole = true
	if reply.Status.Answered() || reply.Visible || reply.Usage != nil || reply.Reported != nil {
		r.Cost = p.prices.BatchCost(p.endpoint, row.Model, &reply)
	}
	attempt := relay.Attempt{N: 1, Endpoint: p.endpoint.Name, Model: row.Model, Status: l.Status, Usage: reply.Usage}
	if reply.Err != nil {
		attempt.Class, attempt.Message = reply.Err.Class, reply.Err.Message
	}
	r.Attempts = []relay.Attempt{attempt}
	return r
}

// statusOf is the status by which the body of a line is read: that of one without a status has its usage.
func statusOf(l *relay.BatchLine) int {
	if l.Status == 0 && l.Body != nil {
		return 200
	}
	return l.Status
}

// lineError is the error of a line. Its class is that of the body's error, where there is one.
func lineError(l *relay.BatchLine, of *relay.Error) *relay.Error {
	e := &relay.Error{Class: relay.ClassUpstream, Status: l.Status, Code: l.Code, Message: l.Message}
	if e.Message == "" && e.Code == "" {
		e.Message = "the line of the row has no status"
	}
	if of != nil && l.Status != 0 && of.Class != relay.ClassEmpty {
		e.Class = of.Class
	}
	return e
}
