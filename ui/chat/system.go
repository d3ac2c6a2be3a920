package chat

import (
	"relaytop/ui/markdown"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// systemLine draws the system prompt, above a transcript whose first line is visible.
func systemLine(st *style.Styles, system string, w int) string {
	s := text.Line(text.Clip(system, 1000))
	if s == "" {
		return widget.Blank(w)
	}
	s = text.Truncate(s, max(min(w, markdown.ProseWidth)-12, 1))
	return widget.Fit("  "+st.Faint.Paint("system  ")+st.Muted.Paint(s), w)
}
