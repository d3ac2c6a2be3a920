// Package probe finds out what a relay can do, by asking it. Its rules:
//
//   - One attempt of everything: no retry, no fallback, no cache. At most two requests are paid for, small ones, and only after Ask said yes.
//   - A line says what was seen, never what is likely. What was not seen is neither good nor bad.
//   - A capability that relaytop can do without (the Batch API, a list of models) is no failure when it is not there.
//   - No text of the model and no secret stands in a line.
package probe

import (
	"context"
	"slices"
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

// How long one look may take: a free one, and the silence of a paid one.
const (
	freeTime = 15 * time.Second
	paidTime = 45 * time.Second
)

// Options say what to ask with.
type Options struct {
	Version string
	Model   string
	Prices  *price.Book
	Ask     func(what string) bool // may the paid requests be sent? nil: no
	Timeout time.Duration          // longest silence; zero, or more: 45 s
}

// probe is one relay that is looked at.
type probe struct {
	e      relay.Endpoint
	opt    Options
	client *openai.Client
	http   *plain
	reach  reach
	models listing
	paid   paid
}

// All looks at each relay in turn. Where there are several, the lines name theirs.
func All(ctx context.Context, endpoints []relay.Endpoint, opt Options) (all []relay.Check) {
	for _, e := range endpoints {
		one := opt
		if len(e.Models) > 0 && !slices.Contains(e.Models, one.Model) {
			one.Model = e.Models[0]
		}
		for _, c := range Run(ctx, e, one) {
			if len(endpoints) > 1 {
				c.Name += " (" + e.Name + ")"
			}
			all = append(all, c)
		}
	}
	return all
}

// Run looks at one relay. It never fails otherwise than by its lines.
func Run(ctx context.Context, e relay.Endpoint, opt Options) []relay.Check {
	e.Timeout = paidTime
	if opt.Timeout > 0 {
		e.Timeout = min(paidTime, opt.Timeout)
	}
	client, err := openai.New(e, openai.Options{Version: opt.Version})
	if err != nil {
		return []relay.Check{relay.Failing(DNS, err.Error(), "correct the base URL")}
	}
	defer client.Close()
	web, err := newPlain(e, opt.Version)
	if err != nil {
		return []relay.Check{relay.Failing(DNS, err.Error(), "correct the base URL or the CA file")}
	}
	defer web.close()
	p := &probe{e: e, opt: opt, client: client, http: web}
	p.reach = p.lookAround(ctx)
	if p.reach.err == nil {
		p.models = p.list(ctx)
		if !p.models.refused() || p.models.status == 403 { // a key may be allowed to ask and not to list
			p.pay(ctx)
		}
	}
	checks := []relay.Check{p.reach.dns, p.reach.tls}
	if p.reach.err != nil {
		for _, name := range []string{Key, Models, Streaming, Usage, Finish} {
			checks = append(checks, relay.Unknown(name, "not reached", ""))
		}
		return append(checks, p.price(), relay.Unknown(Batch, "not reached", ""), relay.Unknown(Clock, "not reached", ""))
	}
	return append(checks, p.key(), p.listed(), p.streaming(), p.usage(), p.finish(), p.price(), p.batch(ctx), p.clock())
}
