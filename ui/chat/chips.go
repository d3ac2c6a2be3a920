package chat

import (
	"strconv"
	"strings"

	"relaytop/state/session"
	"relaytop/ui/style"
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
	n := f.size
	if !size {
		n = 0
	}
	return widget.File(f.Name, name, n, f.tokens)
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
