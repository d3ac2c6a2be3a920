package transcript

import (
	"strconv"
	"strings"

	"relaytop/relay"
	"relaytop/ui/markdown"
	"relaytop/ui/style"
	"relaytop/ui/text"
)

// explainLines is the most lines of an explanation, unless the pane is low.
const explainLines = 3

// explainMost returns the most lines of an explanation.
func (e *entry) explainMost() int {
	if e.look.Low {
		return 1
	}
	return explainLines
}

// explain draws a mark, a word in ink and an explanation, which is wrapped in line with the word.
func (e *entry) explain(mark, word, why string, ink style.Ink) []string {
	var out []string
	muted := e.look.Styles.Muted
	for i, l := range wrapUpTo(word+why, min(e.look.Width-margin, markdown.ProseWidth), e.explainMost()) {
		switch rest, ok := strings.CutPrefix(l, strings.TrimRight(word, " ")); {
		case i > 0:
			l = "  " + muted.Paint(l)
		case ok:
			l = ink.Paint(mark+" "+strings.TrimRight(word, " ")) + muted.Paint(rest)
		default:
			l = ink.Paint(mark + " " + l)
		}
		out = append(out, e.look.fit(l))
	}
	return out
}

// wrapUpTo wraps s into at most limit lines; the last one is cut.
func wrapUpTo(s string, w, limit int) []string {
	lines := text.Wrap(s, max(w, 1))
	if len(lines) > limit {
		lines = append(lines[:limit-1:limit-1], text.Truncate(strings.Join(lines[limit-1:], " "), w))
	}
	return lines
}

// advice returns what can be done about a failure. A fallback is not advised where one was tried.
func advice(r *relay.Result) string {
	class := r.Status.Class()
	if r.Err != nil {
		class = r.Err.Class
		if r.Err.Hint != "" {
			return text.Line(r.Err.Hint)
		}
	}
	fell := r.Fallback != nil
	for i := range r.Attempts {
		fell = fell || r.Attempts[i].Model != r.Attempts[0].Model
	}
	if fell {
		return class.AdviceFellBack()
	}
	return class.Advice()
}

// trouble explains a bad end: what happened, why, and what can be done.
func (e *entry) trouble(r *relay.Result) []string {
	st := e.look.Styles
	warn := func(word, why string) []string { return e.explain(st.Glyphs.Warning, word, why, st.Warn) }
	switch r.Status {
	case relay.StatusFailed, relay.StatusEmpty:
		class, why := r.Status.Class(), ""
		if r.Err != nil {
			class, why = r.Err.Class, r.Err.Message
			if r.Err.Status != 0 {
				why = strconv.Itoa(r.Err.Status) + " " + why
			}
		}
		out := e.explain(st.Glyphs.Failed, "failed  "+string(class), "  "+text.Line(why), st.Error)
		return append(out, e.advise(advice(r))...)
	case relay.StatusTruncated:
		if r.Finish != "" {
			return warn("truncated", ": the provider broke it off with \""+text.Line(r.Finish)+"\"")
		}
		return warn("truncated", ": the stream broke off before its end")
	case relay.StatusLength:
		const limit = "max_tokens or the model's own"
		return warn("length", ": a limit was reached before the answer was complete, "+limit)
	case relay.StatusIncomplete:
		return warn("incomplete", ": it ended with \""+text.Line(r.Finish)+"\", a finish_reason whose meaning is not known")
	case relay.StatusFiltered:
		return warn("filtered", ": the provider cut this answer")
	case relay.StatusCancelled:
		word, why := "cancelled", ": you stopped it"
		if r.Err != nil && r.Err.Code == relay.CodeEnded {
			word, why = "unfinished", ": relaytop ended before the answer did"
		}
		if v := &e.view; v.Text+v.Reasoning+v.Refusal == "" && len(v.Tools) == 0 {
			why += ", and nothing had come"
		} else {
			why += ", what had come is kept"
		}
		return warn(word, why)
	case relay.StatusOK:
	}
	return nil
}

// advise draws what can be done. Text between backticks is a command for a shell and is emphasized.
func (e *entry) advise(s string) []string {
	st := e.look.Styles
	var out []string
	command := false
	for i, l := range wrapUpTo(s, min(e.look.Width-4, markdown.ProseWidth), e.explainMost()) {
		head := "    "
		if i == 0 {
			head = "  " + st.Muted.Paint(st.Glyphs.Arrow) + " "
		}
		var b strings.Builder
		for k, part := range strings.Split(l, "`") {
			if k > 0 {
				command = !command
			}
			ink := st.Muted
			if command {
				ink = st.Text.Bold()
			}
			b.WriteString(ink.Paint(part))
		}
		out = append(out, e.look.fit(head+b.String()))
	}
	return out
}

// remedy is an action that helps after a bad end, and a hint about what it does.
type remedy struct{ action, does string }

// remedies returns what helps after a bad end: enter, which also works in an empty composer, and letters, which work as
// commands. Both are nil if there is nothing to do.
func (e *entry) remedies() (enter, letters []remedy) {
	again, inspect := remedy{"chat.regenerate", "again"}, remedy{"chat.inspect", "inspect"}
	v := &e.view
	if r := v.Result; r == nil {
		letters = []remedy{again, inspect}
	} else {
		switch r.Status {
		case relay.StatusFailed, relay.StatusEmpty:
			enter, letters = []remedy{{e.details(), "all of it"}}, []remedy{again, inspect}
			if tooLong(r) {
				return enter, []remedy{{"chat.leaveout", "leave out the oldest turns"},
					{"chat.model", "another model"}, inspect}
			}
		case relay.StatusFiltered:
			return nil, []remedy{{"chat.edit", "edit the question"}, again}
		case relay.StatusTruncated, relay.StatusLength, relay.StatusIncomplete, relay.StatusCancelled:
			letters = []remedy{again, inspect}
		case relay.StatusOK:
			return nil, nil
		}
	}
	if v.Continuable() == nil {
		letters = append([]remedy{{"chat.continue", "continue"}}, letters...)
	}
	return enter, letters
}

// details is the action that shows the whole error now: sending, with nothing to send, does it too.
func (e *entry) details() string {
	if e.look.Typing {
		return "chat.send"
	}
	return "chat.details"
}

// remedyLine draws the remedies that have a key. While letters are text, the key that leaves the composer comes before
// them.
func (e *entry) remedyLine() []string {
	enter, letters := e.remedies()
	if len(letters) == 0 {
		return nil
	}
	st, keys := e.look.Styles, e.look.Keys
	var hints []string
	put := func(list []remedy, before string) {
		for _, r := range list {
			if key := keys.Of(r.action, false); key != "" {
				hints = append(hints, before+st.Text.Bold().Paint(key)+st.Muted.Paint(" "+r.does))
				before = ""
			}
		}
	}
	way := ""
	if e.look.Typing {
		way = st.Text.Bold().Paint(keys.Of("chat.read", true)) + st.Muted.Paint(" then ")
	}
	put(enter, "")
	put(letters, way)
	return []string{e.look.fit("  " + strings.Join(hints, "   "))}
}

// tooLong reports that the relay found the chat to be longer than the model's context window.
func tooLong(r *relay.Result) bool { return r.Err != nil && r.Err.Class == relay.ClassContextLength }
