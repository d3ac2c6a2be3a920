package route

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"relaytop/relay"
)

// Query describes a request that needs an endpoint.
type Query struct {
	Model string
	Only  string                     // only this endpoint; "": any
	Avoid []string                   // endpoints that have failed the request: taken only if there is no other
	Ready func(endpoint string) bool // whether it could be sent at once: such endpoints come first. May be nil
	Force bool                       // a person waits for the answer: an endpoint that is out is the last resort
	Raw   bool                       // a measurement: cooldowns and breakers do not hold it up

	Lane    relay.Lane
	Request relay.ID // a breaker counts each request once; 0: a request of its own
	Spare   bool     // it asks another model than was wanted: that it may not use this one says nothing about the key
	Insist  bool     // it is sent whatever wait was asked for, and its first token ends that wait
}

// Unavailable says why there is no endpoint for a request.
type Unavailable struct {
	Until time.Time       // when to ask again; zero: not known, or never
	Freed <-chan struct{} // closed when the state of an endpoint changes: ask again; nil: that does not help
	Cause relay.WaitCause // what holds the request back until then
	Out   string          // the endpoint that is out because of Err; "": none
	Err   *relay.Error    // why it is not sent at all
}

// Error is the reason.
func (u *Unavailable) Error() string {
	switch {
	case u.Cause.Kind != 0:
		return u.Cause.String()
	case u.Out != "":
		return fmt.Sprintf("%s is no longer used: %s", u.Out, u.Err.Error())
	case u.Err != nil:
		return u.Err.Message
	}
	return "no endpoint can be asked"
}

func (u *Unavailable) hold(until time.Time, endpoint string, cause relay.WaitCause) {
	u.Until, u.Cause = until, cause
	u.Cause.Endpoint = endpoint
}

// Choice is a reservation at an endpoint. Exactly one call of Done or Drop ends it.
type Choice struct {
	Endpoint string
	r        *Route
	p        *place
	h        *health
	q        Query
	raw      bool // the state of the breaker did not matter
	probe    bool // of the breaker, and not settled
	first    bool // the probe of the throttle, and not settled
	gen      int  // of the breaker when it was chosen
	place    int  // in the order of the attempts since then
}

// Pick chooses an endpoint, or says why there is none.
func (r *Route) Pick(q Query) (*Choice, *Unavailable) {
	r.mu.Lock()
	defer r.unlock()
	now := time.Now()
	var able, out []*place
	for _, p := range r.places {
		switch {
		case q.Only != "" && p.Name != q.Only, q.Only == "" && !p.serves(q.Model):
		case p.out != nil:
			out = append(out, p)
		default:
			able = append(able, p)
		}
	}
	if len(able) == 0 && q.Force {
		able = out
	}
	if len(able) == 0 {
		return nil, unable(q, out)
	}
	no := &Unavailable{Freed: r.freed}
	var ready []*place
	for _, p := range able {
		h := p.health(q.Model)
		until, why := h.blocked(now)
		held := !until.IsZero()
		if !held {
			until, why, held = h.held(q.Lane, now)
		}
		switch {
		case !held || q.Raw || q.Insist:
			ready = append(ready, p)
		case no.Cause.Kind == 0 || no.Until.IsZero() || !until.IsZero() && until.Before(no.Until):
			no.hold(until, p.Name, why)
		}
	}
	if len(ready) == 0 {
		return nil, no
	}
	p := r.rank(ready, q)[0]
	h := p.health(q.Model)
	p.inFlight++
	h.inFlight++
	if r.opt.Pick == Weighted {
		charge(p, ready)
	}
	c := &Choice{Endpoint: p.Name, r: r, p: p, h: h, q: q, raw: q.Raw}
	h.take(c, now)
	return c, nil
}

func unable(q Query, out []*place) *Unavailable {
	if len(out) > 0 {
		e := *out[0].out
		return &Unavailable{Err: &e, Out: out[0].Name}
	}
	e := &relay.Error{
		Class:    relay.ClassUnknownModel,
		Model:    q.Model,
		Endpoint: q.Only,
		Message:  fmt.Sprintf("no endpoint has the model %q", q.Model),
	}
	if q.Only != "" {
		e.Class, e.Message = relay.ClassInvalid, fmt.Sprintf("there is no endpoint %q", q.Only)
	}
	return &Unavailable{Err: e}
}

// rank orders the places by, in this order: having the model, not having failed the request, being able to send at
// once, and the policy.
func (r *Route) rank(places []*place, q Query) []*place {
	ranked := slices.Clone(places)
	if len(ranked) < 2 {
		return ranked
	}
	switch r.opt.Pick {
	case Weighted:
		slices.SortStableFunc(ranked, func(a, b *place) int { return cmp.Compare(b.credit+b.weight(), a.credit+a.weight()) })
	case LeastBusy:
		slices.SortStableFunc(ranked, func(a, b *place) int {
			return cmp.Compare(a.inFlight*b.weight(), b.inFlight*a.weight())
		})
	case Fastest:
		r.bestOfTwo(ranked)
	case Cheapest:
		slices.SortStableFunc(ranked, func(a, b *place) int { return r.byPrice(a, b, q.Model) })
	}
	slices.SortStableFunc(ranked, func(a, b *place) int {
		return cmp.Or(last(a.health(q.Model).missing, b.health(q.Model).missing),
			last(slices.Contains(q.Avoid, a.Name), slices.Contains(q.Avoid, b.Name)),
			last(!q.ready(a), !q.ready(b)))
	})
	return ranked
}

func (q Query) ready(p *place) bool { return q.Ready == nil || q.Ready(p.Name) }

// last orders true after false.
func last(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// bestOfTwo shuffles and puts the faster of the first two in front; one that has not answered yet counts as fastest.
func (r *Route) bestOfTwo(places []*place) {
	chance := r.opt.Chance
	if chance == nil {
		chance = rand.IntN
	}
	for i := len(places) - 1; i > 0; i-- {
		j := chance(i + 1)
		places[i], places[j] = places[j], places[i]
	}
	if places[1].ttft < places[0].ttft {
		places[0], places[1] = places[1], places[0]
	}
}

func (r *Route) byPrice(a, b *place, model string) int {
	if r.opt.Price == nil {
		return 0
	}
	pa, oka := r.opt.Price(a.Endpoint, model)
	pb, okb := r.opt.Price(b.Endpoint, model)
	if oka && okb {
		return cmp.Compare(pa, pb)
	}
	return last(!oka, !okb)
}

func (p *place) weight() int { return max(p.Weight, 1) }

// charge is the second half of smooth weighted round robin: every endpoint gains its weight, the chosen one loses
// the total.
func charge(chosen *place, ready []*place) {
	total := 0
	for _, p := range ready {
		p.credit += p.weight()
		total += p.weight()
	}
	chosen.credit -= total
}
