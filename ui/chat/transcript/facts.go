package transcript

import (
	"cmp"
	"slices"
	"strings"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// drawEnd draws the facts of an answer that has ended, and what can be done if it did not end well.
func (e *entry) drawEnd() []string {
	v := &e.view
	if v.Result == nil {
		if !v.Partial {
			return nil
		}
		return e.drawUnfinished()
	}
	out := e.trouble(v.Result)
	if v.Unanswered() {
		out = append(out, e.look.fit("  "+e.look.Styles.Faint.Paint(notSentAlong)))
	}
	facts := e.fittingFacts()
	if len(facts) > 1 || v.Result.Status != relay.StatusFailed { // the model alone says nothing
		out = append(out, e.factLines(facts)...)
	}
	return append(out, e.remedyLine()...)
}

// notSentAlong marks a question that got no answer: several questions in a row are refused by some providers.
const notSentAlong = "this question is not sent along with later ones"

// drawUnfinished draws the facts of an answer that was in flight when the program ended.
func (e *entry) drawUnfinished() []string {
	v, st := &e.view, e.look.Styles
	out := e.explain(st.Glyphs.Warning, "unfinished", ": the program ended before the answer did", st.Warn)
	facts := append(e.ownFacts(), text.Line(v.Model), cost(relay.Cost{}))
	facts = slices.DeleteFunc(facts, func(s string) bool { return s == "" })
	line, _ := widget.Facts(facts, e.look.Width-margin)
	return append(append(out, e.look.fit("  "+st.Faint.Paint(line))), e.remedyLine()...)
}

// ownFacts returns the facts before the figures: which of several answers it is, and whether the figures are those of
// a continuation only.
func (e *entry) ownFacts() []string {
	var out []string
	if e.view.Siblings > 1 {
		out = append(out, siblings(e.look.Styles, &e.view))
	}
	if e.view.Carried > 0 {
		out = append(out, "continued")
	}
	return out
}

// fittingFacts returns the facts of the answer, in the longest form whose facts up to the cost fit on a line.
func (e *entry) fittingFacts() (facts []string) {
	own := e.ownFacts()
	for form := range briefest + 1 {
		of, paid := resultFacts(e.look.Styles, e.view.Result, form, e.view.Reasoning != "")
		facts = append(slices.Clip(own), of...)
		if paid += len(own); text.Width(strings.Join(facts[:paid], widget.FactGap)) <= e.look.Width-margin {
			break
		}
	}
	return facts
}

// goodEnd is why most answers stop. It is left out if it does not fit.
const goodEnd = "stop"

// factLines draws as many facts as fit on a line, and the others below it.
func (e *entry) factLines(facts []string) []string {
	w, faint := e.look.Width-margin, e.look.Styles.Faint
	first, n := widget.Facts(facts, w)
	out := []string{e.look.fit("  " + faint.Paint(first))}
	rest := facts[n:]
	if len(rest) == 0 || len(rest) == 1 && rest[0] == goodEnd {
		return out
	}
	for _, l := range wrapUpTo(strings.Join(rest, widget.FactGap), w, explainLines) {
		out = append(out, e.look.fit("  "+faint.Paint(l)))
	}
	return out
}

// The forms of the facts, from the longest to the shortest: joined writes both token counts as one fact, briefest
// leaves out their unit.
const (
	full = iota
	joined
	briefest
)

// resultFacts returns the facts of an answer, the most important first, and how many there are up to the cost.
// titled: the title of the reasoning shows its tokens.
func resultFacts(st *style.Styles, r *relay.Result, form int, titled bool) (facts []string, paid int) {
	model := cmp.Or(r.Model, r.Asked, r.Requested)
	if asked := r.Requested; asked != "" && asked != model {
		model = asked + " " + st.Glyphs.Arrow + " " + model
	}
	facts = []string{text.Line(model)}
	if d, ok := r.Timing.TTFT(); ok {
		facts = append(facts, "TTFT "+widget.Duration(d).String())
	} else if d, ok := r.Timing.E2E(); ok && r.Timing.Whole {
		facts = append(facts, "E2E "+widget.Duration(d).String(), "not streamed")
	}
	facts = append(facts, usageFacts(st, r, form)...)
	if r.Status != relay.StatusFailed || r.Cost.Known() {
		facts = append(facts, cost(r.Cost))
	}
	paid = len(facts)
	if r.Fallback != nil {
		facts = append(facts, text.Line(fell(r)))
	}
	if n := len(r.Attempts); n > 1 {
		facts = append(facts, relay.Counted(n, "attempt"))
	}
	if u := r.Usage; u != nil && form > full {
		if u.Cached > 0 {
			facts = append(facts, "cached "+widget.Count(u.Cached))
		}
		if u.Reasoning > 0 && !titled {
			facts = append(facts, "reasoning "+widget.Count(u.Reasoning))
		}
	}
	if r.Cached {
		facts = append(facts, "from our cache")
	}
	switch {
	case r.Status == relay.StatusLength && r.Finish == string(relay.StatusLength),
		r.Status == relay.StatusIncomplete: // the line above has it
	case r.Finish != "":
		facts = append(facts, text.Line(r.Finish))
	case r.Status.Answered():
		facts = append(facts, string(r.Status))
	}
	return facts, paid
}

// usageFacts returns the speed and the tokens.
func usageFacts(st *style.Styles, r *relay.Result, form int) (facts []string) {
	u := r.Usage
	if u == nil {
		return nil
	}
	about := func(figure string) string { return widget.About(figure, u.Estimated) }
	answered := r.AnswerUsage().Output
	if v, ok := r.Timing.Speed(answered); ok {
		facts = append(facts, about(widget.Speed(v))+" tok/s")
	} else if r.Timing.Burst(answered) {
		facts = append(facts, "burst")
	}
	in, out := about(widget.Count(u.Input)), about(widget.Count(u.Output))
	switch form {
	case briefest:
		return append(facts, in+st.Glyphs.Arrow+out)
	case joined:
		return append(facts, in+st.Glyphs.Arrow+out+" tok")
	}
	if u.Cached > 0 {
		in += " (" + widget.Count(u.Cached) + " cached)"
	}
	if u.Reasoning > 0 {
		out += " (" + widget.Count(u.Reasoning) + " reasoning)"
	}
	return append(facts, "in "+in, "out "+out)
}

// fell describes a fallback: which model failed, why, and which one answered.
func fell(r *relay.Result) string {
	f := r.Fallback
	what := " was not asked"
	for i := range r.Attempts {
		if a := &r.Attempts[i]; a.Model == f.From && a.Class != "" {
			what = " failed"
		}
	}
	if len(r.Attempts) == 0 {
		what = " failed"
	}
	return f.From + what + " (" + f.Reason + "), answered by " + f.To
}

func cost(c relay.Cost) string {
	switch {
	case !c.Known() && c.Part > 0:
		return "cost unknown, at least " + c.Part.Dollars()
	case !c.Known():
		return "cost unknown"
	}
	return widget.About(c.Amount.Dollars(), c.Estimated) + " " + string(c.Source)
}

// Failed reports whether an answer failed or is empty. Details shows why.
func Failed(v *session.View) bool {
	return v.Result != nil && (v.Result.Status == relay.StatusFailed || v.Result.Status == relay.StatusEmpty)
}
