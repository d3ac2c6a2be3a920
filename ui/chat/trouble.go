package chat

import (
	"strconv"
	"strings"

	"relaytop/relay"
	"relaytop/ui/markdown"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

const (
	whyLines = 3  // that a reason may take
	whyRoom  = 12 // lines of a pane that has room for that
)

// spill draws a mark, a word in ink and what explains it, which goes on below where there is room, in line with the word.
func (e *entry) spill(mark, word, why string, ink style.Ink) []string {
	most := whyLines
	if e.low {
		most = 1
	}
	var out []string
	for i, l := range wrapped(word+why, min(e.w-2, markdown.ProseWidth), most) {
		switch rest, ok := strings.CutPrefix(l, strings.TrimRight(word, " ")); {
		case i > 0:
			l = "  " + e.st.Muted.Paint(l)
		case ok:
			l = ink.Paint(mark+" "+strings.TrimRight(word, " ")) + e.st.Muted.Paint(rest)
		default:
			l = ink.Paint(mark + " " + l)
		}
		out = append(out, widget.Fit(l, e.w))
	}
	return out
}

// wrapped breaks s into at most so many lines; the last one is cut.
func wrapped(s string, w, most int) []string {
	lines := text.Wrap(s, max(w, 1))
	if len(lines) > most {
		lines = append(lines[:most-1:most-1], text.Truncate(strings.Join(lines[most-1:], " "), w))
	}
	return lines
}

// bareReason is why an attempt failed, without the wait that stands before it and without the number that stands behind.
func bareReason(s string) string {
	const number = ", attempt "
	i := strings.LastIndex(s, number)
	if i < 0 {
		return s
	}
	n, _, ok := strings.Cut(s[i+len(number):], " in ")
	if _, err := strconv.Atoi(n); !ok || err != nil {
		return s
	}
	return s[:i]
}

// orFallback is what Class.Advice ends with where another model could answer.
const orFallback = ", or set a fallback model"

// advice is what can be done about a failure. A fallback is not advised to who has one that was tried.
func advice(r *relay.Result) string {
	class := relay.Class(r.Status)
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
	s, ok := strings.CutSuffix(class.Advice(), orFallback)
	switch {
	case !fell || !ok:
		return class.Advice()
	case class == relay.ClassRateLimit:
		return strings.Replace(s, ", ", ", or ", 1)
	}
	return s
}

// trouble explains an end that is not a good one: what, why, what to do.
func (e *entry) trouble(r *relay.Result) []string {
	st := e.st
	warn := func(word, why string) []string { return e.spill(st.Glyphs.Warning, word, why, st.Warn) }
	switch r.Status {
	case relay.StatusFailed, relay.StatusEmpty:
		class, why := relay.Class(r.Status), ""
		if r.Err != nil {
			class, why = r.Err.Class, r.Err.Message
			if r.Err.Status != 0 {
				why = strconv.Itoa(r.Err.Status) + " " + why
			}
		}
		out := e.spill(st.Glyphs.Failed, "failed  "+string(class), "  "+text.Line(why), st.Error)
		return append(out, e.advise(advice(r))...)
	case relay.StatusTruncated:
		return warn("truncated", ": the stream broke off before its end")
	case relay.StatusLength:
		return warn("length", ": a limit was reached before the answer was complete, max_tokens or the model's own")
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
	}
	return nil
}

// advise draws what can be done. What stands between backticks is typed elsewhere, so it stands out.
func (e *entry) advise(s string) []string {
	st, most := e.st, whyLines
	if e.low {
		most = 1
	}
	var out []string
	command := false
	for i, l := range wrapped(s, min(e.w-4, markdown.ProseWidth), most) {
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
		out = append(out, widget.Fit(head+b.String(), e.w))
	}
	return out
}

// remedies are the keys that help with an end that is not a good one, and what each does: enter from an empty composer too, letters where
// they are commands. Nil: there is nothing to mend.
func (e *entry) remedies() (enter, letters []string) {
	v := &e.view
	if r := v.Result; r == nil {
		letters = []string{"r", "again", "I", "inspect"}
	} else {
		switch r.Status {
		case relay.StatusFailed, relay.StatusEmpty:
			enter, letters = []string{"enter", "all of it"}, []string{"r", "again", "I", "inspect"}
			if contextError(r) {
				return enter, []string{"O", "leave out the oldest turns", "m", "another model", "I", "inspect"}
			}
		case relay.StatusFiltered:
			return nil, []string{"e", "edit the question", "r", "again"}
		case relay.StatusTruncated, relay.StatusLength, relay.StatusCancelled:
			letters = []string{"r", "again", "I", "inspect"}
		default:
			return nil, nil
		}
	}
	if v.Continuable() == nil {
		letters = append([]string{"c", "continue"}, letters...)
	}
	return enter, letters
}

// remedyLine shows them as they work from where the keys are.
func (e *entry) remedyLine() []string {
	enter, letters := e.remedies()
	if len(letters) == 0 {
		return nil
	}
	st := e.st
	var b strings.Builder
	put := func(keys []string, before string) {
		for i := 0; i+1 < len(keys); i += 2 {
			if b.Len() > 0 {
				b.WriteString("   ")
			}
			b.WriteString(before + st.Text.Bold().Paint(keys[i]) + st.Muted.Paint(" "+keys[i+1]))
			before = ""
		}
	}
	way := ""
	if e.writing {
		way = st.Text.Bold().Paint("esc") + st.Muted.Paint(" then ")
	}
	put(enter, "")
	put(letters, way)
	return []string{widget.Fit("  "+b.String(), e.w)}
}
