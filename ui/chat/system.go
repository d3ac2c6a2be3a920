package chat

import (
	"relaytop/ui/markdown"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// systemLine is the system prompt above the transcript, where nothing is scrolled off.
func (m *Model) systemLine() string {
	s := text.Line(text.Clip(m.chat.System, 1000))
	if s == "" {
		return widget.Blank(m.w)
	}
	st := m.env.Styles
	s = text.Truncate(s, max(min(m.w, markdown.ProseWidth)-12, 1))
	return widget.Fit("  "+st.Faint.Paint("system  ")+st.Muted.Paint(s), m.w)
}
