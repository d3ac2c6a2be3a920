package compose

import (
	"strings"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// chipName is the most cells of a file's name.
const chipName = 32

// attachments are the files of the message.
type attachments struct {
	chips  []chip
	pasted pasted   // the last of them, if the last paste became them
	recent []string // paths that were attached, newest first
}

// chip is a file of the message, with its size in bytes and about how many tokens it takes, each counted once.
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

// label is the text of a chip, with at most name cells for the name of its file.
func (c *chip) label(name int, size bool) string {
	if !size {
		return widget.File(c.Name, name, 0, c.tokens)
	}
	return widget.File(c.Name, name, c.size, c.tokens)
}

// tokens is about how many tokens all files take.
func (a *attachments) tokens() (n int64) {
	for i := range a.chips {
		n += a.chips[i].tokens
	}
	return n
}

// size is that of all files, in bytes.
func (a *attachments) size() (n int64) {
	for i := range a.chips {
		n += a.chips[i].size
	}
	return n
}

// after appends the files to what the message goes to and to more facts, in the longest form that fits w cells. Both
// are painted; more is dropped first.
func (a *attachments) after(st *style.Styles, to, more string, w int) string {
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
		return mark + ink.Paint(" "+relay.Counted(len(a.chips), "file")+size+" "+widget.AboutTokens(a.tokens()))
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

// width is how many cells the longest form of the files takes.
func (a *attachments) width() int {
	w := 0
	for i := range a.chips {
		w += text.Width(a.chips[i].label(chipName, true)) + 4
	}
	return w
}
