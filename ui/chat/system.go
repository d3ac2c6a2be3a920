package chat

import (
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// systemLine is the system prompt above the transcript, where nothing is scrolled off.
func (m *Model) systemLine() string {
	s := text.Line(clip(m.chat.System, 1000))
	if s == "" {
		return widget.Blank(m.w)
	}
	st := m.env.Styles
	return widget.Fit("  "+st.Faint.Paint("system  ")+st.Muted.Paint(text.Truncate(s, max(min(m.w, proseWidth)-12, 1))), m.w)
}
