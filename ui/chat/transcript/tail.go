package transcript

import (
	"strconv"
	"strings"
	"time"

	"relaytop/state/session"
	"relaytop/ui/markdown"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// drawTail draws the lines below the text of an answer: tool calls, and its status or how it ended.
func (e *entry) drawTail(now time.Time) []widget.Row {
	v, k := &e.view, &e.look
	out := e.drawTools()
	if v.Refusal != "" {
		b := wrap("refused: "+v.Refusal, min(k.Width-margin, markdown.ProseWidth))
		out = e.put(out, b, "  ", margin, k.Styles.Warn)
	}
	lines := e.drawEnd
	if v.Phase != session.Ended {
		lines = func() []string { return e.drawLive(now) }
	}
	for _, l := range lines() {
		out = append(out, e.textRow(l))
	}
	return out
}

// drawLive draws the status line of an answer in flight. The reason of a retry may take more lines.
func (e *entry) drawLive(now time.Time) []string {
	v, st := &e.view, e.look.Styles
	if v.Phase == session.Retrying {
		return e.drawRetry(now)
	}
	mark, word, ran := st.Accent.Paint(st.Glyphs.Waiting), "", seconds(now.Sub(v.Since))
	facts := []string{ran}
	switch v.Phase {
	case session.Queued:
		word = "waiting for a free worker "
	case session.Waiting:
		word = "waiting for the first token "
	case session.Streaming:
		mark, word = st.Accent.Paint(st.Glyphs.Live), "streaming "
		facts = append(facts, liveFigures(v, now)...)
	case session.Retrying, session.Ended: // have functions of their own
	}
	if v.Phase != session.Streaming && v.Model != "" {
		facts = append(facts, text.Line(v.Model))
	}
	line, _ := widget.Facts(append(facts, attempts(v)...), max(e.look.Width-2-text.Width(word), 1))
	return []string{e.look.fit(mark + " " + st.Text.Paint(word) + st.Muted.Paint(line))}
}

// drawRetry draws when an answer is tried again, and why.
func (e *entry) drawRetry(now time.Time) []string {
	v, st := &e.view, e.look.Styles
	word := "retry in "
	if v.Attempt == 0 {
		word = "sent in " // our own limits hold it back
	}
	word += widget.Countdown(v.Until.Sub(now)) + widget.FactGap
	if v.Until.IsZero() {
		word = "held back" + widget.FactGap
	}
	var facts []string
	if v.Cause != nil {
		facts = append(facts, text.Line(v.Cause.Why()))
	}
	if v.Model != "" {
		facts = append(facts, text.Line(v.Model))
	}
	why := strings.Join(append(facts, attempts(v)...), widget.FactGap)
	return e.explain(st.Warn.Paint(st.Glyphs.Retrying), word, why, st.Warn)
}

// attempts returns which attempt is in flight, if it is not the first one.
func attempts(v *session.View) []string {
	switch {
	case v.Attempt > 1 && v.Of >= v.Attempt:
		return []string{"attempt " + strconv.Itoa(v.Attempt) + " of " + strconv.Itoa(v.Of)}
	case v.Attempt > 1:
		return []string{"attempt " + strconv.Itoa(v.Attempt)}
	}
	return nil
}

// liveFigures returns the known figures of a stream so far.
func liveFigures(v *session.View, now time.Time) []string {
	var out []string
	if d, ok := v.TTFT(); ok {
		out = append(out, "TTFT "+widget.Duration(d).String())
	}
	if s, ok := v.Speed(now); ok {
		out = append(out, widget.About(widget.Speed(s), true)+" tok/s")
	}
	if v.Out > 0 {
		out = append(out, "out "+widget.About(widget.Count(v.Out), true))
	}
	if v.Cost.Known() {
		out = append(out, widget.About(v.Cost.Amount.Dollars(), true))
	}
	return out
}

// seconds formats a running time, always with one decimal so that its width does not change.
func seconds(d time.Duration) string {
	return strconv.FormatFloat(max(d, 0).Seconds(), 'f', 1, 64) + " s"
}

// siblings formats which of the answers to one question this is: ‹ 2/3 ›.
func siblings(st *style.Styles, v *session.View) string {
	l, r := "‹ ", " ›"
	if st.Glyphs.ASCII {
		l, r = "< ", " >"
	}
	return l + strconv.Itoa(v.Sibling) + "/" + strconv.Itoa(v.Siblings) + r
}
