package chat

import (
	"relaytop/ui/widget"
)

// example is the first thing to try: enter sends it from an empty composer of an empty chat.
const example = "Explain quantum entanglement in one paragraph."

var logo = [3][2]string{
	{"█▀█ █▀▀ █   █▀█ █ █ ", "▀█▀ █▀█ █▀█"},
	{"█▀▄ █▀▀ █   █▀█ ▀█▀ ", " █  █ █ █▀▀"},
	{"▀ ▀ ▀▀▀ ▀▀▀ ▀ ▀  ▀  ", " ▀  ▀▀▀ ▀  "},
}

// hello fills an empty chat: what this is, three things to try, how to come to a relay of one's own.
func (m *Model) hello(lines []string, h int) []string {
	st, w := m.env.Styles, m.w
	var out []string
	add := func(s string) { out = append(out, widget.Fit(s, w)) }
	pad, in := "   ", w-6
	if w < 50 {
		pad, in = " ", w-2
	}
	row := func(left, right string) { add(pad + widget.Spread(left, right, in)) }
	bold, muted := st.Text.Bold(), st.Muted
	if h >= 20 {
		for _, l := range m.sign() {
			add(widget.FitCentre(l, w))
		}
	}
	note := "ask anything: it goes to " + m.model
	if m.demo {
		note = "the demo relay: all of it works, nothing is billed"
	}
	add(widget.FitCentre(muted.Paint(note), w))
	add("")
	if h >= 28 {
		add("")
	}
	things := []struct{ name, keys, then, what string }{
		{"Ask something", "enter", "", example},
		{"Run a file of prompts", "alt+2", "s", "the built-in sample: 20 rows, a few seconds"},
		{"Watch what it costs", "alt+3", "", "latency, errors and money, while both run"},
	}
	add(pad + widget.Section(st, in, "three things to try", ""))
	for i, t := range things {
		if h >= 16 || i == 0 {
			add("")
		}
		keys := bold.Paint(t.keys)
		if t.then != "" {
			keys += muted.Paint(" then ") + bold.Paint(t.then)
		}
		row(st.Accent.Bold().Paint(string(rune('1'+i)))+"  "+bold.Paint(t.name), keys)
		row("   "+muted.Paint(t.what), "")
	}
	if m.demo && h >= 24 {
		add("")
		if h >= 28 {
			add("")
		}
		add(pad + widget.Section(st, in, "your own relay", ""))
		add("")
		row(muted.Paint("here"), bold.Paint("ctrl+p")+muted.Paint(" connect a relay"))
		row(muted.Paint("or before the start"), st.Text.Paint("export HOLYSHEEP_API_KEY="+st.Glyphs.Ellipsis))
	}
	for i := range h + 1 {
		if i < len(out) && i < h {
			lines = append(lines, out[i])
		} else {
			lines = append(lines, widget.Blank(w))
		}
	}
	return lines
}

// sign is the name of the program, with the blank lines around it.
func (m *Model) sign() []string {
	st := m.env.Styles
	if st.Glyphs.ASCII {
		return []string{"", "", "", st.Accent.Bold().Paint("relay") + st.Chart[0].Bold().Paint("top"), "", ""}
	}
	out := []string{"", ""}
	for _, l := range logo {
		out = append(out, st.Accent.Paint(l[0])+st.Chart[0].Paint(l[1]))
	}
	return append(out, "")
}
