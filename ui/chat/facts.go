package chat

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/markdown"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// cutLeft is a painted line without its first cell.
func cutLeft(s string) string { return ansi.TruncateLeft(s, 1, "") }

func siblings(st *style.Styles, v *session.View) string {
	l, r := "‹ ", " ›"
	if st.Glyphs.ASCII {
		l, r = "< ", " >"
	}
	return l + strconv.Itoa(v.Sibling) + "/" + strconv.Itoa(v.Siblings) + r
}

// drawTail draws what stands below the text of an answer: where it is, or how it ended.
func (e *entry) drawTail(now time.Time) []widget.Row {
	v := &e.view
	out := e.drawTools()
	if v.Refusal != "" {
		out = e.put(out, wrap("refused: "+v.Refusal, min(e.w-margin, markdown.ProseWidth)), "  ", margin, e.st.Warn)
	}
	var lines []string
	if v.Phase == session.Ended {
		lines = e.drawEnd()
	} else {
		lines = e.drawLive(now)
	}
	for _, l := range lines {
		out = append(out, e.said(l))
	}
	return out
}

// drawLive is the line of an answer in flight; why it is tried again may take more.
func (e *entry) drawLive(now time.Time) []string {
	v, st := &e.view, e.st
	mark, word, rest := st.Accent.Paint(st.Glyphs.Waiting), "", []string{}
	ink := st.Text
	switch v.Phase {
	case session.Queued:
		word = "waiting for a free worker "
		rest = append(rest, seconds(now.Sub(v.Since)))
	case session.Waiting:
		word = "waiting for the first token "
		rest = append(rest, seconds(now.Sub(v.Since)))
	case session.Retrying:
		mark, ink = st.Warn.Paint(st.Glyphs.Retrying), st.Warn
		word = "retry in "
		if v.Attempt == 0 {
			word = "sent in " // held back by our own limits
		}
		word += widget.Countdown(v.Until.Sub(now)) + " · "
		if v.Until.IsZero() {
			word = "held back · "
		}
		rest = append(rest, bareReason(text.Line(v.Reason)))
	case session.Streaming:
		mark, word = st.Accent.Paint(st.Glyphs.Live), "streaming "
		rest = append(rest, seconds(now.Sub(v.Since)))
		rest = append(rest, liveFigures(v, now)...)
	}
	if v.Phase != session.Streaming && v.Model != "" {
		rest = append(rest, text.Line(v.Model))
	}
	switch {
	case v.Attempt > 1 && v.Of >= v.Attempt:
		rest = append(rest, "attempt "+strconv.Itoa(v.Attempt)+" of "+strconv.Itoa(v.Of))
	case v.Attempt > 1:
		rest = append(rest, "attempt "+strconv.Itoa(v.Attempt))
	}
	if v.Phase == session.Retrying {
		return e.spill(mark, word, strings.Join(rest, " · "), ink)
	}
	line, _ := widget.Facts(rest, max(e.w-2-text.Width(word), 1))
	return []string{widget.Fit(mark+" "+ink.Paint(word)+st.Muted.Paint(line), e.w)}
}

// liveFigures are those of a stream so far. Nothing is said of a time that is not known.
func liveFigures(v *session.View, now time.Time) []string {
	var out []string
	if !v.First.IsZero() && !v.Sent.IsZero() {
		out = append(out, "TTFT "+widget.Duration(v.First.Sub(v.Sent)).String())
	}
	if d := now.Sub(v.First); !v.First.IsZero() && v.Out > 1 && d >= 300*time.Millisecond {
		out = append(out, "~"+widget.Speed(float64(v.Out-1)/d.Seconds())+" tok/s")
	}
	if v.Out > 0 {
		out = append(out, "out ~"+widget.Count(v.Out))
	}
	if v.Cost.Known() {
		out = append(out, "~"+widget.Money(int64(v.Cost.Amount)))
	}
	return out
}

// drawEnd is what is known of an answer that has ended, and what can be done if it did not end well.
func (e *entry) drawEnd() []string {
	v, st := &e.view, e.st
	r := v.Result
	if r == nil {
		if !v.Partial {
			return nil
		}
		out := e.spill(st.Glyphs.Warning, "unfinished", ": the program ended before the answer did", st.Warn)
		facts := []string{text.Line(v.Model), cost(relay.Cost{})}
		if v.Carried > 0 {
			facts = append([]string{"continued"}, facts...)
		}
		if v.Siblings > 1 {
			facts = append([]string{siblings(st, v)}, facts...)
		}
		line, _ := widget.Facts(slices.DeleteFunc(facts, func(s string) bool { return s == "" }), e.w-2)
		return append(append(out, widget.Fit("  "+st.Faint.Paint(line), e.w)), e.remedyLine()...)
	}
	out := e.trouble(r)
	var facts []string
	for brief := range briefest + 1 {
		paid := 0
		facts, paid = resultFacts(st, r, brief)
		if v.Reasoning != "" { // its head has the number
			facts = slices.DeleteFunc(facts, func(s string) bool { return strings.HasPrefix(s, reasoningFact) })
		}
		if v.Carried > 0 {
			facts, paid = append([]string{"continued"}, facts...), paid+1 // the figures are of what was added alone
		}
		if v.Siblings > 1 {
			facts, paid = append([]string{siblings(st, v)}, facts...), paid+1
		}
		if text.Width(strings.Join(facts[:paid], widget.FactGap)) <= e.w-2 {
			break // all that everybody looks for is on the line
		}
	}
	if len(facts) > 1 || r.Status != relay.StatusFailed { // the model alone says nothing
		first, n := widget.Facts(facts, e.w-2)
		out = append(out, widget.Fit("  "+st.Faint.Paint(first), e.w))
		if rest := facts[n:]; len(rest) > 0 && !(len(rest) == 1 && rest[0] == goodEnd) {
			for _, l := range wrapped(strings.Join(rest, widget.FactGap), e.w-2, whyLines) {
				out = append(out, widget.Fit("  "+st.Faint.Paint(l), e.w))
			}
		}
	}
	return append(out, e.remedyLine()...)
}

// briefest is the shortest form of the facts: 1 joins the tokens, 2 leaves their unit out.
const briefest = 2

// reasoningFact begins the fact of how many tokens were reasoning.
const reasoningFact = "reasoning "

// goodEnd is why most answers stop: where there is no room it goes without saying.
const goodEnd = "stop"

// resultFacts are the facts of an answer in the order in which they matter, and how many of them lead up to the cost.
func resultFacts(st *style.Styles, r *relay.Result, brief int) (facts []string, paid int) {
	model := cmp.Or(r.Model, r.Asked, r.Requested)
	if asked := r.Requested; asked != "" && asked != model {
		model = asked + " " + st.Glyphs.Arrow + " " + model
	}
	facts = []string{text.Line(model)}
	if d, ok := r.Timing.TTFT(); ok {
		facts = append(facts, "TTFT "+widget.Duration(d).String())
	}
	facts = append(facts, usageFacts(st, r, brief)...)
	if r.Status != relay.StatusFailed || r.Cost.Known() {
		facts = append(facts, cost(r.Cost))
	}
	paid = len(facts)
	if r.Fallback != nil {
		facts = append(facts, text.Line(fell(r)))
	}
	if n := len(r.Attempts); n > 1 {
		facts = append(facts, strconv.Itoa(n)+" attempts")
	}
	if u := r.Usage; u != nil && brief > 0 {
		if u.Cached > 0 {
			facts = append(facts, "cached "+widget.Count(u.Cached))
		}
		if u.Reasoning > 0 {
			facts = append(facts, reasoningFact+widget.Count(u.Reasoning))
		}
	}
	if r.Cached {
		facts = append(facts, "from our cache")
	}
	switch {
	case r.Status == relay.StatusLength && r.Finish == string(relay.StatusLength): // it is said above
	case r.Finish != "":
		facts = append(facts, text.Line(r.Finish))
	case r.Status.Answered():
		facts = append(facts, string(r.Status))
	}
	return facts, paid
}

// usageFacts are the speed and the tokens.
func usageFacts(st *style.Styles, r *relay.Result, brief int) (facts []string) {
	u := r.Usage
	if u == nil {
		return nil
	}
	about := ""
	if u.Estimated {
		about = "~"
	}
	if d, ok := r.Timing.TPOT(u.Output); ok {
		facts = append(facts, about+widget.Speed(1/d.Seconds())+" tok/s")
	}
	in, out := about+widget.Count(u.Input), about+widget.Count(u.Output)
	switch brief {
	case briefest:
		return append(facts, in+st.Glyphs.Arrow+out)
	case briefest - 1:
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

// fell says who failed, why, and who answered.
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
		return "cost unknown, at least " + widget.Money(int64(c.Part))
	case !c.Known():
		return "cost unknown"
	}
	about := ""
	if c.Estimated {
		about = "~"
	}
	return about + widget.Money(int64(c.Amount)) + " " + string(c.Source)
}

// indented is JSON laid out, and anything else as it is.
func indented(s string) string {
	var b bytes.Buffer
	if len(s) < 40 || json.Indent(&b, []byte(s), "", "  ") != nil {
		return s
	}
	return b.String()
}

// drawTools shows the calls that the model asked for. They are never run.
func (e *entry) drawTools() []widget.Row {
	var out []widget.Row
	for i, t := range e.view.Tools {
		room := max(e.w-6, 1)
		if i > 0 || e.view.Text != "" {
			out = append(out, e.said(""))
		}
		put := func(s string, ink style.Ink, seam widget.Seam) {
			seam.From, seam.To = margin+2, margin+2+min(text.Width(s), room)
			out = append(out, widget.Row{Line: "  " + ink.On(style.Panel).Paint("  "+widget.Fit(s, room)+"  "), Seam: seam})
		}
		const not = "tool call, not run"
		name := text.Truncate(text.Line(t.Name), max(room-len(not)-2, 1))
		out = append(out, widget.Row{Line: "  " + e.st.Func.Bold().On(style.Panel).Paint("  "+name) + e.st.Faint.On(style.Panel).Paint(widget.FitRight(not, room-text.Width(name))+"  "),
			Seam: widget.Seam{From: margin + 2, To: margin + 2 + text.Width(name)}})
		b := wrap(indented(text.Clip(t.Arguments, 2<<10)), room)
		for i, l := range b.lines {
			if i == 12 {
				put("+ "+strconv.Itoa(len(b.lines)-i)+" lines", e.st.Faint, widget.Seam{Ours: true})
				break
			}
			put(l, e.st.Text, widget.Seam{Join: b.joins[i]})
		}
	}
	return out
}

// seconds is a running time: one place, so that it does not flicker.
func seconds(d time.Duration) string {
	return strconv.FormatFloat(max(d, 0).Seconds(), 'f', 1, 64) + " s"
}
