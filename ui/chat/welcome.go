package chat

import (
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// example is the first thing to try: enter sends it from an empty composer of an empty chat.
const example = "Explain quantum entanglement in one paragraph."

var logo = [3][2]string{
	{"█▀█ █▀▀ █   █▀█ █ █ ", "▀█▀ █▀█ █▀█"},
	{"█▀▄ █▀▀ █   █▀█ ▀█▀ ", " █  █ █ █▀▀"},
	{"▀ ▀ ▀▀▀ ▀▀▀ ▀ ▀  ▀  ", " ▀  ▀▀▀ ▀  "},
}

// greeting is which pieces of the empty chat fit. They are added in this order: what this is, what to try, how to
// connect a relay; then blank lines, explanations, headings, and the logo last.
type greeting struct {
	note                                                                 bool
	things                                                               int
	top, afterNote, beforeOwn, words, head, between, ownHead, logo, airy bool
}

// greet chooses the pieces for h lines.
func greet(h, logo int, demo bool) greeting {
	own := 0
	if demo {
		own = 1
	}
	g := greeting{things: min(max(h-own-1, 0), 3), note: h > own}
	left := h - own - 1 - g.things
	take := func(n int) bool {
		if left < n {
			return false
		}
		left -= n
		return true
	}
	g.top, g.afterNote = take(1), take(1)
	g.beforeOwn = demo && take(1)
	g.words, g.head, g.between = take(3), take(2), take(2)
	g.ownHead = demo && take(3)
	g.logo = take(logo - 1) // its first line is the blank one at the top
	g.airy = take(5)
	return g
}

// welcome draws an empty chat.
type welcome struct {
	st    *style.Styles
	keys  *pane.Keys
	w     int
	model string
	demo  bool
}

// lines returns h lines, and a blank one below them for a warning.
func (v *welcome) lines(h int) []string {
	st, w := v.st, v.w
	sign := v.sign()
	g := greet(h, len(sign), v.demo)
	var out []string
	add := func(s string) { out = append(out, widget.Fit(s, w)) }
	blank := func(on bool) {
		if on {
			add("")
		}
	}
	if g.logo {
		for _, l := range sign {
			add(widget.FitCentre(l, w))
		}
	} else {
		blank(g.top)
	}
	if g.note {
		note := "ask anything: it goes to " + v.model
		if v.demo {
			note = "the demo relay: all of it works, nothing is billed"
		}
		add(widget.FitCentre(st.Muted.Paint(note), w))
	}
	blank(g.afterNote)
	blank(g.airy)
	out = append(out, v.things(g)...)
	if v.demo {
		blank(g.beforeOwn)
		blank(g.airy)
		out = append(out, v.ownRelay(g)...)
	}
	for len(out) < h+1 {
		out = append(out, widget.Blank(w))
	}
	if len(out) > h {
		out = append(out[:h], widget.Blank(w)) // the last line is for warnings
	}
	return out
}

// margin returns the left margin, and the cells of a line without both margins.
func (v *welcome) margin() (pad string, in int) {
	if v.w < 50 {
		return " ", v.w - 2
	}
	return "   ", v.w - 6
}

// things draws three things to try.
func (v *welcome) things(g greeting) []string {
	st := v.st
	pad, in := v.margin()
	bold, muted := st.Text.Bold(), st.Muted
	var out []string
	if g.head {
		out = append(out, pad+widget.Section(st, in, "three things to try", ""), "")
	}
	for i, t := range [...]struct{ name, action, then, what string }{
		{"Ask something", "chat.send", "", example},
		{"Run a file of prompts", "focus.batch", "batch.sample", "the built-in sample: 20 rows, about 20 seconds"},
		{"Watch what it costs", "focus.metrics", "", "latency, errors and money, while both run"},
	} {
		if i >= g.things {
			break
		}
		if i > 0 && g.between {
			out = append(out, "")
		}
		keys := bold.Paint(v.keys.Of(t.action, true))
		if then := v.keys.Of(t.then, false); then != "" {
			keys += muted.Paint(" then ") + bold.Paint(then)
		}
		out = append(out, pad+widget.Spread(st.Accent.Bold().Paint(string(rune('1'+i)))+"  "+bold.Paint(t.name), keys, in))
		if g.words {
			out = append(out, pad+widget.Spread("   "+muted.Paint(t.what), "", in))
		}
	}
	for i := range out {
		out[i] = widget.Fit(out[i], v.w)
	}
	return out
}

// ownRelay draws how to connect a relay. The line with the key is always there.
func (v *welcome) ownRelay(g greeting) []string {
	st := v.st
	pad, in := v.margin()
	connect := st.Text.Bold().Paint(v.keys.Of("palette", true)) + st.Muted.Paint(" connect a relay")
	out := []string{pad + widget.Spread(st.Muted.Paint("your own relay"), connect, in)}
	if g.ownHead {
		out = []string{
			pad + widget.Section(st, in, "your own relay", ""),
			"",
			pad + widget.Spread(st.Muted.Paint("here"), connect, in),
			pad + widget.Spread(st.Muted.Paint("or before the start"),
				st.Text.Paint("export HOLYSHEEP_API_KEY="+st.Glyphs.Ellipsis), in),
		}
	}
	for i := range out {
		out[i] = widget.Fit(out[i], v.w)
	}
	return out
}

// sign draws the name of the program, with blank lines around it.
func (v *welcome) sign() []string {
	st := v.st
	if st.Glyphs.ASCII {
		return []string{"", "", "", st.Accent.Bold().Paint("relay") + st.Chart[0].Bold().Paint("top"), "", ""}
	}
	out := []string{"", ""}
	for _, l := range logo {
		out = append(out, st.Accent.Paint(l[0])+st.Chart[0].Paint(l[1]))
	}
	return append(out, "")
}
