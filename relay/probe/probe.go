// Package probe finds out what a relay can do, by asking it.
//
// Rules:
//
//   - One attempt of everything: no retry, no fallback, no cache. At most one small request is paid for, and only after
//     Ask agreed.
//   - The paid request is subject to the day's budget and is recorded like every other request.
//   - A line says what was seen, never what is likely. What was not seen is neither good nor bad.
//   - A capability that relaytop can do without (the Batch API, a list of models, a known price) is not a failure when
//     it is missing.
//   - A check that hangs holds up no other, and what was seen before a stop is reported.
//   - No line holds a secret or text of the model.
package probe

import (
	"context"
	"slices"
	"sync"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai"
	"relaytop/relay/price"
)

// The names of the checks, in the order in which they are told.
const (
	DNS       = "dns"
	TLS       = "tls"
	Key       = "key"
	Models    = "models"
	Streaming = "streaming"
	Usage     = "usage"
	Finish    = "finish_reason"
	Price     = "price"
	Batch     = "batch_api"
	Clock     = "clock"
)

// How long one look may take: opening a connection, a free request, and the silence of a paid one.
const (
	connectTime = 10 * time.Second
	freeTime    = 15 * time.Second
	paidTime    = 45 * time.Second
)

// fault is what stands in a line until its look has come to an end.
const fault = "a fault in relaytop"

// Options say what to ask with.
type Options struct {
	Version string
	Model   string
	Prices  *price.Book // takes up the price lists that the relays publish; nil: a new one
	Pay     relay.Spending
	Timeout time.Duration // longest silence; zero, or more: 45 s
}

// probe is one relay that is looked at.
type probe struct {
	e       relay.Endpoint
	opt     Options
	client  *openai.Client
	http    *plain
	priced  <-chan struct{} // closed once the price lists are there, or won't be
	reach   reach
	models  listing
	other   string // another form of the base URL, at which there is a list
	paid    paid
	batched relay.Check
	stopped bool
}

// All looks at each relay in turn. Where there are several, the lines name theirs.
func All(ctx context.Context, endpoints []relay.Endpoint, opt Options) (all []relay.Check) {
	if opt.Prices == nil {
		opt.Prices = price.New()
	}
	probes := make([]*probe, len(endpoints))
	lines := make([][]relay.Check, len(endpoints))
	for i, e := range endpoints {
		one := opt
		if len(e.Models) > 0 && !slices.Contains(e.Models, one.Model) {
			one.Model = e.Models[0]
		}
		p, fix, err := newProbe(e, one)
		if err != nil {
			lines[i] = []relay.Check{relay.Failing(DNS, err.Error(), fix)}
			continue
		}
		defer p.close()
		opt.Prices.Follow(e, p.client, nil, time.Hour) // of what was kept, nothing: what the relay says now is told
		probes[i] = p
	}
	priced := refresh(ctx, opt.Prices)
	defer func() { <-priced }()
	for i, p := range probes {
		if p != nil {
			p.priced = priced
			lines[i] = p.run(ctx)
		}
		for _, c := range lines[i] {
			if len(endpoints) > 1 {
				c.Name += " (" + endpoints[i].Name + ")"
			}
			all = append(all, c)
		}
	}
	return all
}

// refresh asks for the price lists that the relays publish, beside all else.
func refresh(ctx context.Context, book *price.Book) <-chan struct{} {
	done := make(chan struct{})
	ctx, cancel := context.WithTimeout(ctx, freeTime)
	go func() {
		defer close(done)
		defer cancel()
		defer func() { _ = recover() }() // the prices that are known otherwise stand, each with its source
		_ = book.Refresh(ctx)
	}()
	return done
}

// Run looks at one relay. It never fails otherwise than by its lines.
func Run(ctx context.Context, e relay.Endpoint, opt Options) []relay.Check {
	return All(ctx, []relay.Endpoint{e}, opt)
}

func newProbe(e relay.Endpoint, opt Options) (p *probe, fix string, err error) {
	e.Timeout = paidTime
	if opt.Timeout > 0 {
		e.Timeout = min(paidTime, opt.Timeout)
	}
	client, err := openai.New(e, openai.Options{Version: opt.Version})
	if err != nil {
		return nil, "correct the base URL", err
	}
	if e.BaseURL, err = openai.CleanURL(e.BaseURL, e.AllowHTTP); err != nil { // the one that is really asked
		return nil, "correct the base URL", err
	}
	web, err := newPlain(e, opt.Version)
	if err != nil {
		return nil, "correct the base URL or the CA file", err
	}
	return &probe{e: e, opt: opt, client: client, http: web}, "", nil
}

func (p *probe) close() {
	p.client.Close()
	p.http.close()
}

func (p *probe) run(ctx context.Context) []relay.Check {
	p.lookAround(ctx)
	if p.reach.err == nil {
		p.lookFree(ctx)
	}
	// a key may be allowed to ask and not to list
	if p.reach.err == nil && (!p.models.refused() || p.models.status == 403) {
		p.pay(ctx)
	}
	p.stopped = ctx.Err() != nil
	checks := []relay.Check{p.reach.dns, p.reach.tls}
	if p.reach.err != nil {
		for _, name := range []string{Key, Models, Streaming, Usage, Finish} {
			checks = append(checks, relay.Unknown(name, "not reached", ""))
		}
		return append(checks, p.price(), relay.Unknown(Batch, "not reached", ""), relay.Unknown(Clock, "not reached", ""))
	}
	return append(checks, p.key(), p.listed(), p.streaming(), p.usage(), p.finish(), p.price(), p.batched, p.clock())
}

// lookFree makes the looks that cost nothing, side by side: a relay that lets one of them hang lets the others go on.
func (p *probe) lookFree(ctx context.Context) {
	p.models.err = &relay.Error{Class: relay.ClassProtocol, Message: fault}
	p.batched = relay.Unknown(Batch, "can't be told: "+fault, "")
	var all sync.WaitGroup
	for _, look := range []func(){func() { p.models = p.list(ctx) }, func() { p.batched = p.batch(ctx) }} {
		all.Go(func() {
			defer func() { _ = recover() }() // its line says that there was a fault
			look()
		})
	}
	all.Wait()
	switch l := p.models; {
	case l.err == nil:
	case missing(l.status):
		p.other = p.otherForm(ctx)
	case p.http.base.Scheme == "http" && (l.status == 0 || l.status == 400) && l.err.Class != relay.ClassTimeout &&
		p.http.speaksTLS(ctx):
		p.reach.err = errScheme
		p.reach.tls = relay.Failing(TLS, "the port speaks TLS, and the base URL says http", "write https:// in the base URL")
	}
}
