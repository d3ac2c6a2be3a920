// Package probe finds out what a relay can do, by asking it.
//
// Rules:
//
//   - One attempt of everything: no retry, no fallback, no cache. At most one small request is paid for, and only
//     after Ask agreed.
//   - The paid request is subject to the day's budget and is recorded like every other request.
//   - A line states what was seen, never what is likely. What was not seen is neither good nor bad.
//   - A capability that relaytop can do without (the Batch API, a list of models, a known price) is not a failure
//     when it is missing.
//   - A check that is stuck delays no other, and what was seen before a stop is reported.
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

// The names of the checks, in the order in which they are shown.
const (
	DNS       = "dns"
	Reach     = "connect" // only if it fails
	TLS       = "tls"
	Key       = "key"
	Models    = "models"
	Streaming = "streaming"
	Usage     = "usage"
	Finish    = "finish_reason"
	Price     = "price"
	Balance   = "balance"
	Batch     = "batch_api"
	Clock     = "clock"
)

// The time for one check: opening a connection, a free request, and the silence of a paid one.
const (
	connectTime = 10 * time.Second
	freeTime    = 15 * time.Second
	paidTime    = 45 * time.Second
)

// failed is the result of a check until it has ended, so also if it panics.
const failed = "a defect in relaytop"

// Options are the settings of a diagnosis.
type Options struct {
	Version string
	Model   string
	Prices  *price.Book // gets the price lists that the relays publish; nil: a new one
	Pay     relay.Spending
	Timeout time.Duration // longest silence; zero, or more: 45 s
}

// probe is the diagnosis of one relay.
type probe struct {
	e       relay.Endpoint
	opt     Options
	client  *openai.Client
	http    *web
	priced  <-chan struct{} // closed once the price lists have come or failed
	reach   reach
	models  listing
	other   string // another form of the base URL, below which there is a list
	paid    paid
	batched relay.Check
	before  balance // before the paid request
	after   balance // once it has changed; no path: it did not
	stopped bool
}

// All checks each relay in turn. With several, each line names its relay.
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
		opt.Prices.Follow(e, p.client, nil, time.Hour) // without a store: only a list fetched now counts
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

// refresh asks for the price lists that the relays publish, in the background.
func refresh(ctx context.Context, book *price.Book) <-chan struct{} {
	done := make(chan struct{})
	ctx, cancel := context.WithTimeout(ctx, freeTime)
	go func() {
		defer close(done)
		defer cancel()
		defer func() { _ = recover() }() // the other prices are kept, each with its source
		_ = book.Refresh(ctx)
	}()
	return done
}

// Run checks one relay. Every failure is a line.
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
	if e.BaseURL, err = openai.CleanURL(e.BaseURL, e.AllowHTTP); err != nil { // the URL that is really used
		return nil, "correct the base URL", err
	}
	web, err := newWeb(e, opt.Version)
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
	p.checkReach(ctx)
	if p.reach.err == nil {
		p.checkFree(ctx)
	}
	// a key may be good for requests but not for the list
	if p.reach.err == nil && (!p.models.refused() || p.models.status == 403) {
		p.pay(ctx)
		p.awaitBill(ctx)
	}
	p.stopped = ctx.Err() != nil
	checks := []relay.Check{p.reach.dns, p.reach.tls}
	if p.reach.connect.Name != "" {
		checks = slices.Insert(checks, 1, p.reach.connect)
	}
	if p.reach.err != nil {
		for _, name := range []string{Key, Models, Streaming, Usage, Finish} {
			checks = append(checks, relay.Unknown(name, "not reached", ""))
		}
		checks = append(checks, p.price())
		for _, name := range []string{Balance, Batch, Clock} {
			checks = append(checks, relay.Unknown(name, "not reached", ""))
		}
		return checks
	}
	return append(checks, p.key(), p.listed(), p.streaming(), p.usage(), p.finish(), p.price(), p.balanced(),
		p.batched, p.clock())
}

// checkFree makes the checks that cost nothing, in parallel: one that is stuck does not delay the others.
func (p *probe) checkFree(ctx context.Context) {
	p.models.err = &relay.Error{Class: relay.ClassProtocol, Message: failed}
	p.batched = relay.Unknown(Batch, "unknown: "+failed, "")
	var all sync.WaitGroup
	for _, check := range []func(){
		func() { p.models = p.list(ctx) },
		func() { p.batched = p.batch(ctx) },
		func() { p.before = p.checkBalance(ctx) },
	} {
		all.Go(func() {
			defer func() { _ = recover() }() // its line already shows the failure
			check()
		})
	}
	all.Wait()
	switch l := p.models; {
	case l.err == nil:
	case relay.NoPath(l.status):
		p.other = p.otherForm(ctx)
	case p.http.base.Scheme == "http" && (l.status == 0 || l.status == 400) && l.err.Class != relay.ClassTimeout &&
		p.http.speaksTLS(ctx):
		p.reach.err = errScheme
		p.reach.tls = relay.Failing(TLS, "the port speaks TLS, and the base URL says http", "write https:// in the base URL")
	}
}
