package compose

import (
	"strings"

	"relaytop/state/session"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// chipName is how wide the name of a file gets.
const chipName = 32

// attachments are the files that go with the message.
type attachments struct {
	chips  []chip
	pasted pasted   // which of them a paste just became
	recent []string // paths that were attached, newest first
}

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

// label is what a chip says, with at most so many cells for its name.
func (c *chip) label(name int, size bool) string {
	if !size {
		return widget.File(c.Name, name, 0, c.tokens)
	}
	return widget.File(c.Name, name, c.size, c.tokens)
}

// tokens is about what all files take.
func (a *attachments) tokens() (n int64) {
	for i := range a.chips {
		n += a.chips[i].tokens
	}
	return n
}

// size is that of all files.
func (a *attachments) size() (n int64) {
	for i := range a.chips {
		n += a.chips[i].size
	}
	return n
}

// beside puts the files after what the message goes to, and what else was to stand between, in the fullest form
// that fits.
func (a *attachments) beside(st *style.Styles, to, more string, w int) string {
	if len(a.chips) == 0 {
		return to + more
	}
	ink := st.Muted.On(style.Panel)
	mark := "  " + st.Accent.On(style.Panel).Paint(st.Glyphs.Attachment)
	all := func(name int, size bool) string {
		var b strings.Builder
		for i := range a.chips {
			b.WriteString(mark + ink.Paint(" "+a.chips[i].label(name, size)))
		}
		return b.String()
	}
	sum := func(size string) string {
		return mark + ink.Paint(" "+text.Counted(len(a.chips), "file")+size+" "+widget.AboutTokens(a.tokens()))
	}
	for _, s := range []string{
		to + more + all(chipName, true), to + all(chipName, true), to + all(20, true), to + all(20, false),
		to + all(12, false),
		to + sum(" "+widget.Bytes(a.size()).String()), to + sum(""),
	} {
		if widget.Width(s) <= w {
			return s
		}
	}
	return strings.TrimPrefix(sum(""), "  ")
}

// width is how many cells the files take in full.
func (a *attachments) width() int {
	w := 0
	for i := range a.chips {
		w += text.Width(a.chips[i].label(chipName, true)) + 4
	}
	return w
}
