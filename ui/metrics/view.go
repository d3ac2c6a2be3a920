package metrics

import (
	"strings"
	"time"

	"relaytop/state/meter"
)

// View draws the pane, or returns the last drawing.
func (m *Model) View() string {
	if m.w <= 0 || m.h <= 0 {
		return ""
	}
	k := drawKey{w: m.w, h: m.h, gen: m.env.Styles.Generation, left: m.left()}
	if m.drawn.screen != "" && !m.drawn.stale && k == m.drawn.key {
		return m.drawn.screen
	}
	m.drawn = drawn{screen: m.ours(m.page().screen()), key: k}
	return m.drawn.screen
}

// ours replaces the characters that figures and cut names have of ours by those of a terminal without them.
func (m *Model) ours(screen string) string {
	if !m.env.Styles.Glyphs.ASCII {
		return screen
	}
	return strings.NewReplacer("–", "-", "…", "~", "µ", "u").Replace(screen)
}

// left is the sum of all countdowns in seconds: they only run down, so it differs if one of them does.
func (m *Model) left() int64 {
	var sum int64
	add := func(until time.Time) { sum += int64(max(until.Sub(m.now), 0)+time.Second-1) / int64(time.Second) }
	for i := range m.breakers {
		add(m.breakers[i].Until)
	}
	for i := range m.allowed {
		add(m.allowed[i].Cool)
		add(m.allowed[i].Held)
	}
	return sum
}

// Title says where the cursor is, or when the picture was stopped.
func (m *Model) Title() string {
	st := m.env.Styles
	const clock = "15:04:05"
	title, hint := "", ""
	if m.paused {
		title, hint = st.Warn.Paint("paused at "+m.now.Format(clock)), "the counting goes on"
	} else if i := m.at(); i >= 0 {
		title, hint = st.Text.Paint("cursor at "+middle(&m.view, i).Format(clock)), "enter opens its requests"
	}
	if hint != "" && m.w >= 100 {
		title += st.Muted.Paint("   " + hint)
	}
	return title
}

// Status is the row of windows, the chosen one in brackets.
func (m *Model) Status() string {
	st := m.env.Styles
	var b strings.Builder
	for w := meter.TenSeconds; w <= meter.Run; w++ {
		if w > meter.TenSeconds {
			b.WriteString(st.Faint.Paint(" "))
		}
		if w == m.window {
			b.WriteString(st.Text.Bold().Paint("[" + w.String() + "]"))
		} else {
			b.WriteString(st.Faint.Paint(w.String()))
		}
	}
	return b.String()
}
