package batch

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// batches is what the relays said about the batches of a provider. It is the reply to a question, too.
type batches struct {
	to    *preflight
	model string // that was asked for; "": the default
	api   job.BatchAPI
	known bool // the relays answered
}

func (b *batches) available() bool { return b.known && b.api.Err == nil && b.api.Available }

// ask asks whether a provider has batches for the model.
func (p *preflight) ask() tea.Cmd {
	p.batches = batches{}
	runs, model := p.runs, p.o.Model
	return func() tea.Msg {
		return batches{to: p, model: model, api: runs.BatchAPI(context.Background(), model), known: true}
	}
}

// provider reports whether the rows go to a provider as batches.
func (p *preflight) provider() bool { return p.o.Carrier == job.ByProvider }

// turnHow chooses the other way to send the rows, or says why there is none.
func (p *preflight) turnHow() {
	switch {
	case p.provider():
		p.o.Carrier = job.ByPool
	case p.batches.available():
		p.o.Carrier = job.ByProvider
	default:
		p.problem = "a provider batch is not available: " + p.unavailable()
	}
}

// unavailable is why there is no provider batch.
func (p *preflight) unavailable() string {
	switch b := &p.batches; {
	case !b.known:
		return "the relay has not answered yet"
	case b.api.Err != nil:
		return text.Line(b.api.Provider + " could not be asked: " + b.api.Err.Error())
	default:
		return text.Line(b.api.Reason)
	}
}

// costs are the ends and the middle of what the rows may cost.
type costs struct {
	least, likely, most relay.Money
	priced              bool
	source              string // of the prices
}

// costs are those of the chosen way.
func (p *preflight) costs() costs {
	if p.provider() {
		return p.batchCosts()
	}
	plan := &p.input.plan
	return costs{plan.Min, plan.Likely, plan.Max, plan.Priced, source(plan)}
}

// batchCosts are those of a provider's batch.
func (p *preflight) batchCosts() costs {
	b := &p.input.plan.Batch
	from := sourceWords(b.Source)
	if b.Halved {
		from = "half of the list, an estimate"
	}
	return costs{b.Min, b.Likely, b.Max, b.Priced, from}
}

// Widths of the columns of a way to send the rows.
const (
	howName = 25
	howCost = 12
	howTime = 13
)

// howRows are the ways to send the rows, with what each costs and how long it takes.
func (p *preflight) howRows(w int) []row {
	st, g, plan := p.env.Styles, &p.env.Styles.Glyphs, &p.input.plan
	about := func(c costs) string {
		if !c.priced {
			return "unknown"
		}
		return widget.About(c.likely.Dollars(), true)
	}
	way := func(chosen bool, name, cost, took, note string) string {
		mark, ink := st.Muted.Paint(g.Waiting), st.Text
		if chosen {
			mark, ink = st.Accent.Paint(g.Live), st.Text.Bold()
		}
		nameWidth := min(howName, max(w-howCost-howTime-2, 1))
		return widget.Fit(mark+" "+widget.Fit(ink.Paint(name), nameWidth-2)+widget.Fit(st.Text.Paint(cost), howCost)+
			widget.Fit(st.Text.Paint(took), howTime)+st.Muted.Paint(note), w)
	}
	took := "unknown"
	if o := p.outlook(); o.Took > 0 {
		took = "~" + roughly(o.Took)
	}
	note := "live rows"
	if wide := w >= 80; p.o.Budget > 0 && wide {
		note = "live rows, stops at the budget"
	} else if p.o.Budget > 0 {
		note = "stops at the budget"
	}
	if !p.batches.available() {
		why := g.Queued + " provider batch  not available: " + p.unavailable()
		return []row{{text: widget.Section(st, w, "how", st.Muted.Paint("through the pool: "+note)), rank: nice},
			{text: st.Faint.Paint(text.Truncate(why, w)), rank: nice}}
	}
	now := costs{likely: plan.Likely, priced: plan.Priced}
	first := way(!p.provider(), "now, through the pool", about(now), took, note)
	price := "its batch price"
	if plan.Batch.Halved {
		price = "about half price"
	}
	if w >= 80 {
		price += "; the laptop may sleep"
	}
	second := way(p.provider(), "batch at "+text.Truncate(text.Line(p.batches.api.Provider), howName-13),
		about(p.batchCosts()), "within 24 h", price)
	return []row{{text: widget.Section(st, w, "how", p.hint("space", "the other way")), rank: useful}, {text: first},
		{text: second}}
}
