package transcript

import (
	"bytes"
	"encoding/json"

	"relaytop/relay"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

const (
	toolLines = 12      // of the arguments of a call that are shown
	toolBytes = 2 << 10 // that they are made of
)

// drawTools draws the calls that the model asked for. They are never run.
func (e *entry) drawTools() []widget.Row {
	var out []widget.Row
	for i := range e.view.Tools {
		if i > 0 || e.view.Text != "" {
			out = append(out, e.textRow(""))
		}
		out = e.drawTool(out, &e.view.Tools[i])
	}
	return out
}

// drawTool draws one call on the panel: its name, and its arguments indented.
func (e *entry) drawTool(out []widget.Row, call *relay.ToolCall) []widget.Row {
	st, w := e.look.Styles, max(e.look.Width-6, 1)
	const in, note = margin + 2, "tool call, not run"
	name := text.Truncate(text.Line(call.Name), max(w-len(note)-2, 1))
	line := "  " + st.Func.Bold().On(style.Panel).Paint("  "+name) +
		st.Faint.On(style.Panel).Paint(widget.FitRight(note, w-text.Width(name))+"  ")
	out = append(out, widget.Row{Line: line, Seam: widget.Seam{From: in, To: in + text.Width(name)}})
	put := func(s string, ink style.Ink, seam widget.Seam) {
		seam.From, seam.To = in, in+min(text.Width(s), w)
		s = ink.On(style.Panel).Paint("  " + widget.Fit(s, w) + "  ")
		out = append(out, widget.Row{Line: "  " + s, Seam: seam})
	}
	b := wrap(indented(text.Clip(call.Arguments, toolBytes)), w)
	for i, l := range b.lines {
		if i == toolLines {
			put("+ "+relay.Counted(len(b.lines)-i, "line"), st.Faint, widget.Seam{NoText: true})
			break
		}
		put(l, st.Text, widget.Seam{Join: b.joins[i]})
	}
	return out
}

// indented indents s if it is JSON.
func indented(s string) string {
	var b bytes.Buffer
	if len(s) < 40 || json.Indent(&b, []byte(s), "", "  ") != nil {
		return s
	}
	return b.String()
}
