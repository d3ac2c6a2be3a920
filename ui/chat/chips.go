package chat

import (
	"slices"
	"strconv"
	"strings"

	"relaytop/state/session"
	"relaytop/ui/markdown"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// chipName is how wide the name of a file gets.
const chipName = 32

// chip is a file as it is shown before it is sent, with what it will take: counted once.
type chip struct {
	session.Part
	size   int64
	tokens int64
}

func newChip(p session.Part) chip { return chip{Part: p, size: p.Size(), tokens: p.Tokens()} }

func chipsOf(parts []session.Part) []chip {
	if len(parts) == 0 {
		return nil
	}
	out := make([]chip, len(parts))
	for i := range parts {
		out[i] = newChip(parts[i])
	}
	return out
}

// tokens is about what all files take.
func (c *composer) tokens() (n int64) {
	for i := range c.files {
		n += c.files[i].tokens
	}
	return n
}

// size is that of all files, with a blank before it.
func (c *composer) size() string {
	n := int64(0)
	for i := range c.files {
		n += c.files[i].size
	}
	return " " + widget.Bytes(n).String()
}

// words are what a chip says, in at most so many cells for its name.
func (f *chip) words(name int, size bool) string {
	s := text.Truncate(text.Line(f.Name), name)
	if size && f.size > 0 {
		s += " " + widget.Bytes(f.size).String()
	}
	return s + " ~" + widget.Short(f.tokens) + " tok"
}

// withChips puts the files behind the model and what else was to stand there, in the fullest form that has room.
func (m *Model) withChips(model, more string, room int) string {
	files := m.compose.files
	if len(files) == 0 {
		return model + more
	}
	st := m.env.Styles
	ink := st.Muted.On(style.Panel)
	mark := "  " + st.Accent.On(style.Panel).Paint(st.Glyphs.Attachment)
	all := func(name int, size bool) string {
		var b strings.Builder
		for i := range files {
			b.WriteString(mark + ink.Paint(" "+files[i].words(name, size)))
		}
		return b.String()
	}
	sum := func(size string) string {
		return mark + ink.Paint(" "+digitsOf(len(files))+fileWord(len(files))+size+" ~"+widget.Short(m.compose.tokens())+" tok")
	}
	for _, s := range []string{model + more + all(chipName, true), model + all(chipName, true), model + all(20, true), model + all(20, false), model + all(12, false), model + sum(m.compose.size()), model + sum("")} {
		if widget.Width(s) <= room {
			return s
		}
	}
	return strings.TrimPrefix(sum(""), "  ")
}

func fileWord(n int) string {
	if n == 1 {
		return " file"
	}
	return " files"
}

func digitsOf(n int) string { return strconv.Itoa(n) }

// unfolds reports whether a question has text that is folded: its own, or that of files.
func unfolds(v *session.View) bool {
	return v.Role == roleUser && (isLong(v.Text) || slices.ContainsFunc(v.Parts, func(p session.Part) bool { return p.Image == "" }))
}

// fileLines is how much of an opened file is shown, and of how much text that is made.
const (
	fileLines = 200
	fileBytes = 32 << 10
)

// drawFiles draws the files of a question: a line each, and opened the begin of each text.
func (e *entry) drawFiles(out []widget.Row, bar string) []widget.Row {
	st := e.st
	for i := range e.view.Parts {
		f := newChip(e.view.Parts[i])
		s := bar + st.Accent.Paint(st.Glyphs.Attachment) + st.Muted.Paint(" "+f.words(max(e.w-32, 8), true))
		if f.Image == "" && !e.open {
			s += st.Faint.Paint("  " + e.way("space") + " opens")
		}
		out = append(out, e.said(s))
		if f.Image != "" || !e.open {
			continue
		}
		begin := text.Clip(f.Text, fileBytes)
		b := wrap(strings.TrimRight(begin, "\n"), min(e.w-4, markdown.ProseWidth))
		n := len(b.lines)
		out = e.put(out, b.part(0, min(n, fileLines)), bar+"  ", margin+2, st.Muted)
		if n > fileLines || len(begin) < len(f.Text) {
			out = append(out, e.ours(bar+"  "+st.Faint.Paint(st.Glyphs.Ellipsis+" "+widget.Bytes(f.size).String()+" in all")))
		}
	}
	return out
}
