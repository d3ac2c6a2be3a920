package inspect

import (
	"strings"

	"relaytop/relay"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// priceLines are the usage and how the price was found, line by line.
func (p *page) priceLines(w int) []string {
	st, r := p.st, p.in.Result
	c := &r.Cost
	head := st.Muted.Paint("not settled yet")
	switch {
	case c.Known():
		head = st.Text.Bold().Paint(widget.About(c.Amount.Dollars(), c.Estimated))
	case c.Source == relay.SourceUnknown, p.lost():
		head = st.Warn.Paint("unknown")
	case !p.in.Live:
		head = st.Muted.Paint("nothing to pay")
	}
	lines := []string{widget.Section(st, w, "price", head)}
	put := func(left, right string) { lines = append(lines, widget.Spread(left, right, w)) }
	if u := r.Usage; u != nil {
		put(p.usage(u))
	} else {
		none := "none came"
		switch {
		case p.in.Live:
			none = "not yet"
		case p.lost():
			none = "not known"
		}
		put(st.Muted.Paint("usage"), st.Faint.Paint(none))
	}
	if b := c.Bill; b != nil {
		lines = append(lines, p.billLines(b, w)...)
	} else if from := p.origin(); from != "" {
		put(st.Muted.Paint("from"), st.Text.Paint(from))
	}
	if c.Part != 0 {
		put(st.Muted.Paint("earlier attempts, of what is known"), st.Text.Paint(c.Part.Dollars()))
	}
	if saved, ok := c.Saved(); ok && !p.in.Live {
		word, ink := "saved ", st.OK
		if saved < 0 {
			word, ink, saved = "more by ", st.Warn, -saved
		}
		list := "list price " + c.List.Dollars()
		if c.Bill != nil && c.Bill.ListAsOf != "" && w >= 52 {
			list += ", " + c.Bill.ListAsOf
		}
		put(st.Muted.Paint(list), ink.Paint(word+saved.Dollars()))
	}
	return lines
}

func (p *page) usage(u *relay.Usage) (left, right string) {
	st := p.st
	left = st.Muted.Paint("usage, by the relay")
	if u.Estimated {
		left = st.Muted.Paint("usage, estimated")
	}
	n := func(v int64) string { return st.Text.Paint(widget.About(widget.Count(v), u.Estimated)) }
	right = n(u.Input) + st.Muted.Paint(" in")
	if u.Cached > 0 {
		right += st.Muted.Paint(" (" + widget.Count(u.Cached) + " cached)")
	}
	right += "  " + n(u.Output) + st.Muted.Paint(" out")
	if u.Reasoning > 0 {
		right += st.Muted.Paint(" (" + widget.Count(u.Reasoning) + " reasoning)")
	}
	return left, right
}

// leastShown is the smallest amount that is not shown as 0.
const leastShown = relay.USD / 2_000_000

// billLines are count times rate, the list they come from, and the sources that had no price.
func (p *page) billLines(b *relay.Bill, w int) []string {
	st, c := p.st, &p.in.Result.Cost
	var lines []string
	put := func(left, right string) { lines = append(lines, widget.Spread(left, right, w)) }
	counts, rates := 0, 0
	var sum relay.Money
	for _, l := range b.Lines {
		counts, rates = max(counts, len(widget.Count(l.Tokens))), max(rates, len(l.Rate.Price()))
		sum += l.Amount
	}
	assumed := false
	for _, l := range b.Lines {
		left := st.Text.Paint(widget.FitRight(widget.Count(l.Tokens), counts)) +
			st.Muted.Paint(" "+st.Glyphs.Times+" "+widget.Fit(l.Rate.Price(), rates)+" / M  "+l.What)
		if l.Tokens == 0 {
			left = st.Muted.Paint("each " + l.What)
		}
		put(left, st.Text.Paint(l.Amount.Dollars()))
		assumed = assumed || l.Assumed
	}
	if d := c.Amount - sum; len(b.Lines) > 0 && c.Known() && max(d, -d) >= leastShown {
		put(st.Muted.Paint("what other attempts cost"), st.Text.Paint(d.Dollars()))
	}
	if assumed {
		put(st.Muted.Paint("cached rate unknown, input rate used"),
			st.Warn.Paint(widget.About("", true))+st.Muted.Paint(" estimate"))
	}
	if b.From != "" {
		from := b.From
		if c.AsOf != "" {
			from += ", " + c.AsOf
		}
		put(st.Muted.Paint("from"), st.Text.Paint(text.Line(from)))
	}
	if len(b.Tried) > 0 {
		for i, l := range text.Wrap("tried first: "+text.Line(strings.Join(b.Tried, ", ")), max(w-6, 10)) {
			right := ""
			if i == 0 {
				right = st.Faint.Paint("none")
			}
			put(st.Faint.Paint(l), right)
		}
	}
	return lines
}

// origin is where an amount without a bill comes from.
func (p *page) origin() string {
	c := &p.in.Result.Cost
	s := map[relay.Source]string{
		relay.SourceReported:  "usage.cost of the answer",
		relay.SourceHeader:    "header x-litellm-response-cost",
		relay.SourceUser:      "your price file",
		relay.SourceRelay:     "the relay's list",
		relay.SourceList:      "vendor's list price",
		relay.SourceCache:     "an answer that was paid for before",
		relay.SourceEstimated: "an estimate of the tokens",
		relay.SourceSim:       "simulated: no money",
		relay.SourceUnknown:   "",
	}[c.Source]
	if s != "" && c.AsOf != "" {
		s += ", " + c.AsOf
	}
	return s
}
