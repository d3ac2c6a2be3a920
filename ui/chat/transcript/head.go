package transcript

import (
	"slices"
	"strings"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/markdown"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// drawHead draws the lines above the text of an answer, or the whole of a question.
func (e *entry) drawHead() []widget.Row {
	var out []widget.Row
	st := e.look.Styles
	if e.cut {
		label := text.Truncate("not sent from here up", max(e.look.Width-6, 1))
		line := "  " + widget.SectionIn(st, st.Warn, max(e.look.Width-4, 1), st.Glyphs.Up+" "+label, "")
		out = append(out, e.textRow(""), e.noteRow(line))
	}
	if !e.first {
		out = append(out, e.textRow(""))
	}
	v := &e.view
	if v.Role != relay.RoleUser {
		return append(out, e.drawReasoning()...)
	}
	bar := st.User.Paint(st.Glyphs.Bar) + " "
	if v.Text != "" || len(v.Parts) == 0 { // a question may be a file alone
		out = e.drawQuestion(out, bar)
	}
	out = e.drawFiles(out, bar)
	if v.Siblings > 1 {
		out = append(out, e.noteRow("  "+st.Faint.Paint(siblings(st, v))))
	}
	return out
}

// A long question is folded to its first lines: it was pasted.
const (
	questionMost   = 40 // lines from which a question is long
	questionFolded = 12 // lines of it that are shown
)

// isLong reports whether a question is folded at first.
func isLong(s string) bool {
	return len(s) > questionMost*markdown.ProseWidth || strings.Count(s, "\n") >= questionMost
}

// drawQuestion draws the text of a question, which may have thousands of lines.
func (e *entry) drawQuestion(out []widget.Row, bar string) []widget.Row {
	st, s, w := e.look.Styles, e.view.Text, min(e.look.Width-margin, markdown.ProseWidth)
	if !isLong(s) || e.open {
		return e.put(out, wrap(s, w), bar, margin, st.Text)
	}
	b := wrap(text.Clip(s, questionFolded*markdown.ProseWidth), w)
	out = e.put(out, b.part(0, min(questionFolded, len(b.lines))), bar, margin, st.Text)
	lines, size := countedLines(strings.Count(s, "\n")+1, false), widget.Bytes(int64(len(s))).String()
	rest := st.Glyphs.Ellipsis + " " + lines + ", " + size + " in all" + e.keyHint(", ", "chat.fold", "opens")
	return append(out, e.noteRow(bar+st.Faint.Paint(rest)))
}

const (
	fileFigures = 32       // cells of what follows the name of a file
	fileLines   = 200      // lines of an opened file that are shown
	fileBytes   = 32 << 10 // that they are made of
)

// unfolds reports whether a question has folded text, its own or that of files.
func unfolds(v *session.View) bool {
	isText := func(p session.Part) bool { return p.Image == "" }
	return v.Role == relay.RoleUser && (isLong(v.Text) || slices.ContainsFunc(v.Parts, isText))
}

// drawFiles draws the files of a question: a line each, and the first lines of their text if the question is open.
func (e *entry) drawFiles(out []widget.Row, bar string) []widget.Row {
	st, w := e.look.Styles, e.look.Width
	for i := range e.view.Parts {
		f := &e.view.Parts[i]
		label := widget.File(f.Name, max(w-fileFigures, 8), f.Size(), f.Tokens())
		s := bar + st.Accent.Paint(st.Glyphs.Attachment) + st.Muted.Paint(" "+label)
		if f.Image == "" && !e.open {
			s += st.Faint.Paint(e.keyHint("  ", "chat.fold", "opens"))
		}
		out = append(out, e.textRow(s))
		if f.Image != "" || !e.open {
			continue
		}
		start := text.Clip(f.Text, fileBytes)
		b := wrap(strings.TrimRight(start, "\n"), min(w-4, markdown.ProseWidth))
		n := len(b.lines)
		out = e.put(out, b.part(0, min(n, fileLines)), bar+"  ", margin+2, st.Muted)
		if n > fileLines || len(start) < len(f.Text) {
			all := st.Glyphs.Ellipsis + " " + widget.Bytes(f.Size()).String() + " in all"
			out = append(out, e.noteRow(bar+"  "+st.Faint.Paint(all)))
		}
	}
	return out
}

// Reasoning shows its last lines while it is written, and is folded to its first ones once there is text.
const (
	reasonLive   = 6       // lines while it is written
	reasonFolded = 2       // lines when folded
	reasonBytes  = 4 << 10 // that the last lines are made of
)

func (e *entry) drawReasoning() []widget.Row {
	v, st := &e.view, e.look.Styles
	if v.Reasoning == "" {
		return nil
	}
	live := v.Text == "" && v.Phase != session.Ended
	s := v.Reasoning
	if live {
		s = text.Tail(s, reasonBytes)
	}
	b, note := wrap(strings.TrimRight(s, "\n "), min(e.look.Width-margin, markdown.ProseWidth)), ""
	switch n := len(b.lines); {
	case live:
		b = b.part(max(n-reasonLive, 0), n)
	case !e.open && n > reasonFolded+1:
		more := widget.Count(int64(n - reasonFolded))
		note = st.Glyphs.Ellipsis + " " + more + " more lines" + e.keyHint(", ", "chat.fold", "opens")
		b = b.part(0, reasonFolded)
	case e.open && n > reasonFolded+1:
		note = e.keyHint("", "chat.fold", "folds")
	}
	out := []widget.Row{e.textRow("  " + st.Faint.Paint(reasoningTitle(v)))}
	out = e.put(out, b, "  ", margin, st.Muted.Italic())
	if note != "" {
		out = append(out, e.noteRow("  "+st.Faint.Paint(note)))
	}
	if v.Text != "" {
		out = append(out, e.textRow(""))
	}
	return out
}

// reasoningTitle has the time and the tokens of the reasoning, where they are known.
func reasoningTitle(v *session.View) string {
	s := "reasoning"
	if r := v.Result; r != nil {
		if first, out := r.Timing.First, r.Timing.FirstOut; !first.IsZero() && out.After(first) {
			s += widget.FactGap + seconds(out.Sub(first))
		}
		if r.Usage != nil && r.Usage.Reasoning > 0 {
			s += widget.FactGap + widget.Count(r.Usage.Reasoning) + " tok"
		}
	}
	return s
}
