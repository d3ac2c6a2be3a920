package probe

import (
	"fmt"
	"strings"
	"time"

	"relaytop/relay"
)

// lump is the time from which an answer that came all at once must have been held back: a quick relay is not blamed.
const lump = 300 * time.Millisecond

// unpaid is the line of a check that only a paid request decides.
func (p *probe) unpaid(name string) (relay.Check, bool) {
	switch {
	case !p.paid.sent && p.models.refused():
		return relay.Unknown(name, "not asked: the key is refused", ""), true
	case !p.paid.sent:
		return relay.Unknown(name, "not asked: it takes a paid request (needs --yes)", p.hint()), true
	case !p.paid.answered() && name != Streaming:
		return relay.Unknown(name, "no answer to look at", ""), true
	}
	return relay.Check{}, false
}

// streaming says whether an answer comes piece by piece, and how it ends.
func (p *probe) streaming() relay.Check {
	if c, ok := p.unpaid(Streaming); ok {
		return c
	}
	if r := p.paid.reply; !p.paid.answered() {
		err := r.Err
		if err == nil {
			err = &relay.Error{Class: relay.ClassEmpty, Status: r.HTTP, Message: "nothing came"}
		}
		fix := err.Class.Advice()
		if missing(err.Status) && err.Class != relay.ClassUnknownModel {
			fix = "check the path of the base URL: there is no /chat/completions below it"
		}
		return relay.Failing(Streaming, "no answer: "+err.Error(), fix)
	}
	w := p.paid.wire
	n := len(w.chunks)
	switch {
	case w.err != nil:
		return relay.Failing(Streaming, fmt.Sprintf("it broke off after %d events: %v", n, w.err), "try again; if it stays, the relay or something before it cuts streams")
	case w.status < 200 || w.status > 299:
		return relay.Failing(Streaming, fmt.Sprintf("the first answer came, the second was refused (%d)", w.status), "try again: the relay is not steady")
	case !w.sse || n == 0:
		return relay.Failing(Streaming, "a stream was asked for, and one piece of JSON came", "answers are shown when they are complete; ask the relay for streaming of this model")
	case p.paid.reply.Status == relay.StatusTruncated:
		return relay.Failing(Streaming, fmt.Sprintf("%d events, and then the answer broke off: %s", n, p.paid.reply.Err.Message), relay.ClassTruncated.Advice())
	case n == 1:
		return relay.Unknown(Streaming, "one event with everything in it: too little to tell"+p.ending(), "")
	}
	first, last := w.chunks[0], w.chunks[n-1]
	if last > lump && last-first < last/50 {
		return relay.Failing(Streaming, fmt.Sprintf("%d events, all at once after %s", n, last.Round(time.Millisecond)), "something holds streams back: look for a proxy that buffers, between here and the relay or behind it")
	}
	return relay.Passed(Streaming, fmt.Sprintf("%d events over %s, the first after %s%s%s", n, (last-first).Round(time.Millisecond), first.Round(time.Millisecond), p.ending(), p.quirks()))
}

func (p *probe) ending() string {
	if p.paid.wire.done {
		return ", [DONE] at the end"
	}
	return ", no [DONE] at the end (not needed)"
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
	u := p.paid.reply.Usage
	if u == nil || u.Estimated {
		return relay.Failing(Usage, "the relay does not count tokens in a stream", "counts and costs are estimates, marked ~; ask the relay for stream_options.include_usage")
	}
	return relay.Passed(Usage, fmt.Sprintf("%d tokens in, %d out", u.Input, u.Output))
}

// finish says whether the end of an answer can be told from a break.
func (p *probe) finish() relay.Check {
	if c, ok := p.unpaid(Finish); ok {
		return c
	}
	r := p.paid.reply
	switch {
	case r.Finish != "" && r.Status.Answered():
		return relay.Passed(Finish, r.Finish)
	case r.Finish != "":
		return relay.Failing(Finish, fmt.Sprintf("%s: %v", r.Finish, r.Err), "ask the relay")
	case p.paid.wire.done:
		return relay.Failing(Finish, "none came, though [DONE] did: a cut answer looks like a whole one", "answers of this relay are marked truncated; ask its operator")
	}
	return relay.Failing(Finish, "none came: a cut answer looks like a whole one", "answers of this relay are marked truncated; ask its operator")
}

// price says how a request's cost is known.
func (p *probe) price() relay.Check {
	r := p.paid.reply
	switch {
	case p.e.Kind == "sim":
		return relay.Passed(Price, "simulated")
	case p.paid.sent && r.Reported != nil:
		return relay.Passed(Price, "reported: the relay sends what each answer cost")
	case p.paid.sent && r.Header != nil:
		return relay.Passed(Price, "header: the relay sends what each answer cost")
	case p.opt.Model == "":
		return relay.Unknown(Price, "no model is named", "name one with -m or DEFAULT_MODEL")
	}
	for _, m := range p.models.list {
		if m.ID == p.opt.Model && len(m.Pricing) > 0 {
			return relay.Passed(Price, "relay: its list of models has prices")
		}
	}
	rates, source, asOf, ok := p.opt.Prices.Rates(p.e, p.opt.Model)
	if !ok {
		return relay.Failing(Price, "unknown for "+p.opt.Model+": costs are shown as unknown, never as zero", "state it in a price_file")
	}
	if rates.Estimated {
		source = relay.SourceEstimated
	}
	detail := fmt.Sprintf("%s: $%s in, $%s out per million tokens", source, rates.Input.PerMillion(), rates.Output.PerMillion())
	switch {
	case rates.ByCall():
		detail = fmt.Sprintf("%s: $%s a call", source, rates.Call)
	case rates.Call > 0:
		detail += fmt.Sprintf(" and $%s a call", rates.Call)
	}
	detail += " of " + p.opt.Model
	if asOf != "" {
		detail += ", as of " + asOf
	}
	fix := ""
	if source == relay.SourceList {
		fix = "the relay may charge another price than the vendor's list: state it in a price_file"
	}
	c := relay.Passed(Price, detail)
	c.Fix = fix
	return c
}
