package probe

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai"
	"relaytop/relay/price"
)

// An answer counts as held back if it came after at least long and all its tokens came within together. So a quick
// relay is not blamed.
const (
	long     = 300 * time.Millisecond
	together = 15 * time.Millisecond
)

// unpaid returns the line of a check that only a paid request can decide; ok is false if that was answered.
func (p *probe) unpaid(name string) (relay.Check, bool) {
	switch {
	case p.paid.why != "":
		return relay.Unknown(name, "not asked: "+p.paid.why, ""), true
	case !p.paid.sent && p.stopped, p.paid.class() == relay.ClassCancelled:
		return relay.Unknown(name, "stopped", ""), true
	case !p.paid.sent && p.models.refused():
		return relay.Unknown(name, "not asked: the key is refused", ""), true
	case !p.paid.sent:
		return relay.Unknown(name, "not asked: only a paid request can tell (needs --yes)", p.hint()), true
	case !p.paid.answered() && name != Streaming:
		return relay.Unknown(name, "no answer to check", ""), true
	}
	return relay.Check{}, false
}

// streaming checks whether an answer comes in pieces. A piece is a chunk with a token; a role alone is not.
func (p *probe) streaming() relay.Check {
	if c, ok := p.unpaid(Streaming); ok {
		return c
	}
	r := &p.paid.reply
	if !p.paid.answered() {
		err := r.Err
		if err == nil {
			err = &relay.Error{Class: relay.ClassEmpty, Status: r.HTTP, Message: "nothing came"}
		}
		fix := advice(err)
		if relay.NoPath(err.Status) && err.Class != relay.ClassUnknownModel {
			fix = p.path()
		}
		return relay.Failing(Streaming, "no answer: "+err.Error(), fix)
	}
	first, _ := r.Timing.TTFT()
	spread := r.Timing.Last.Sub(r.Timing.First)
	pieces, after := relay.Counted(r.Timing.Chunks, "piece"), first.Round(time.Millisecond)
	switch n := r.Timing.Chunks; {
	case r.Raw != nil:
		return relay.Failing(Streaming, "a stream was asked for, but one JSON document came",
			"answers are shown when they are complete; ask the relay for streaming of this model")
	case r.Status == relay.StatusTruncated:
		return relay.Failing(Streaming, fmt.Sprintf("%s, then the answer broke off: %s", pieces, r.Err.Message),
			advice(&relay.Error{Class: relay.ClassTruncated}))
	case n < 3 && spread < together:
		return relay.Unknown(Streaming, fmt.Sprintf("%s after %s: too few to tell%s", pieces, after, p.quirks()), "")
	case first > long && spread < together:
		return relay.Failing(Streaming,
			fmt.Sprintf("%s, all at once after %s: something holds the stream back", pieces, after),
			"look for a proxy that buffers, between here and the relay or behind it")
	}
	over := "over " + spread.Round(time.Millisecond).String()
	if u := r.Usage; u != nil && r.Timing.Burst(u.Output) {
		over = "at once"
	}
	return relay.Passed(Streaming, fmt.Sprintf("%s %s, the first token after %s%s", pieces, over, after, p.quirks()))
}

func (p *probe) quirks() string {
	if len(p.paid.quirk) == 0 {
		return ""
	}
	return "; " + strings.Join(p.paid.quirk, "; ")
}

func (p *probe) usage() relay.Check {
	if c, ok := p.unpaid(Usage); ok {
		return c
	}
	r := &p.paid.reply
	switch u := r.Usage; {
	case !r.Status.Answered():
		return relay.Unknown(Usage, "unknown: the answer is not complete", "")
	case u != nil && u.Doubtful:
		return relay.Failing(Usage, fmt.Sprintf("the relay's counts contradict each other: %d tokens in, %d out",
			u.Input, u.Output), "counts and costs are estimates, marked ~; ask the relay's operator")
	case u == nil || u.Estimated:
		return relay.Failing(Usage, "the relay does not count tokens in a stream",
			"counts and costs are estimates, marked ~; ask the relay for stream_options.include_usage")
	default:
		return relay.Passed(Usage, fmt.Sprintf("%d tokens in, %d out", u.Input, u.Output))
	}
}

// finish checks whether a complete answer can be told from one that broke off.
func (p *probe) finish() relay.Check {
	if c, ok := p.unpaid(Finish); ok {
		return c
	}
	r := &p.paid.reply
	switch {
	case r.Status == relay.StatusIncomplete:
		return relay.Failing(Finish, r.Finish+": its meaning is not known",
			"answers that end with it are marked incomplete; ask the relay's operator what it means")
	case r.Finish != "" && r.Status.Answered():
		return relay.Passed(Finish, r.Finish)
	case r.Finish != "":
		return relay.Failing(Finish, fmt.Sprintf("%s: %v", r.Finish, r.Err), "ask the relay's operator")
	case r.Err != nil:
		return relay.Failing(Finish, "none came: "+r.Err.Message,
			"without one a cut answer looks like a whole one: answers of this relay are marked truncated; ask its operator")
	}
	return relay.Failing(Finish, "none came: a cut answer looks like a whole one",
		"answers of this relay are marked truncated; ask its operator")
}

// price checks how the cost of a request is known. An unknown cost is not a failure: it is shown as unknown.
func (p *probe) price() relay.Check {
	switch c := p.paid.cost; {
	case p.e.Kind == relay.KindSim:
		return relay.Passed(Price, "simulated")
	case c.Source == relay.SourceReported:
		return relay.Passed(Price, fmt.Sprintf("reported: the relay sends what each answer cost, $%s for this one", c.Amount))
	case c.Source == relay.SourceHeader:
		return relay.Passed(Price, "header: the relay sends what each answer cost, "+c.Amount.Dollars()+" for this one")
	case p.opt.Model == "":
		return relay.Missing(Price, "no model is set", "set one with -m or DEFAULT_MODEL")
	}
	if p.priced != nil {
		<-p.priced // it has its own timeout
	}
	rates, source, asOf, ok := p.opt.Prices.Rates(p.e, p.opt.Model)
	if !ok {
		detail := "unknown for " + p.opt.Model
		if wrong := p.opt.Prices.Doubt(p.e, p.opt.Model); wrong != "" {
			detail += ": the list has a price that can't be right (" + wrong + ")"
		} else if i := slices.IndexFunc(p.models.list, func(m openai.Model) bool { return m.ID == p.opt.Model }); i >= 0 &&
			len(p.models.list[i].Pricing) > 0 {
			detail += ": the relay does not state it"
		}
		return relay.Missing(Price, detail+"; costs are shown as unknown, never as zero",
			relay.HowToPrice(p.opt.Model))
	}
	if rates.Estimated {
		source = relay.SourceEstimated
	}
	detail := fmt.Sprintf("%s: %s for %s", source, rateText(rates), p.opt.Model)
	if asOf != "" {
		detail += ", as of " + asOf
	}
	if unit := p.opt.Prices.Unit(p.e, p.opt.Model); unit != "" {
		detail += "; " + unit
	}
	c := relay.Passed(Price, detail)
	if source == relay.SourceList {
		c.Fix = "it is the vendor's price; if the relay charges another one, state it in a price_file"
	}
	return c
}

// rateText describes the rates of a model.
func rateText(r price.Rates) string {
	tokens := fmt.Sprintf("%s in, %s out per million tokens", r.Input.PerMillion().Price(), r.Output.PerMillion().Price())
	switch {
	case r.Formula != "":
		return tokens + " for a short request, by a formula of the relay"
	case len(r.Tiers) > 0:
		return fmt.Sprintf("%s, and other prices above %d tokens of prompt", tokens, max(r.Tiers[0].Above, 0))
	case r.Call == 0:
		return tokens
	case r.ByCall():
		return r.Call.Price() + " a request"
	}
	return fmt.Sprintf("%s and %s a request", tokens, r.Call.Price())
}
