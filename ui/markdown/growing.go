package markdown

import (
	"strings"

	"relaytop/ui/style"
	"relaytop/ui/text"
)

// Growing keeps a Text up to date with an answer that is read for each frame while it grows. Only the new part is
// filtered and parsed. The zero value is ready to use.
type Growing struct {
	text   *Text
	filter text.Filter
	taken  string // the part of the answer that text has
}

// Take returns the text of s, which is all of the answer so far and need not have passed a filter. If s does
// not go on from there it is read from the start. ended says that nothing more will come.
func (g *Growing) Take(kit *Kit, st *style.Styles, width int, s string, ended bool) *Text {
	if g.text == nil || !strings.HasPrefix(s, g.taken) {
		*g = Growing{text: New(kit, st, width)}
	}
	g.text.Resize(st, width)
	if n := len(g.taken); n < len(s) {
		g.text.Write(g.filter.Write(s[n:]))
		g.taken = s
	}
	if ended {
		g.text.Write(g.filter.Flush())
		g.text.Close()
	}
	return g.text
}
