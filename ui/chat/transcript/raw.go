package transcript

import (
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// raw is the text of an answer as received.
type raw struct {
	on    bool // it is shown, not the rendered one
	lines []widget.Row
	of    rawKey
}

// rawKey is what its lines depend on.
type rawKey struct {
	version uint64
	width   int
	styles  *style.Styles
	typing  bool
}

// layRaw lays out the text as received: wrapped, and with control characters made visible.
func (e *entry) layRaw() {
	k := &e.look
	key := rawKey{e.view.Version, k.Width, k.Styles, k.Typing}
	if e.raw.of == key {
		return
	}
	e.raw.of = key
	lines := []widget.Row{e.noteRow("  " + k.Styles.Faint.Paint("as it came"+e.keyHint(", ", "chat.raw", "renders it")))}
	e.raw.lines = e.put(lines, wrap(e.view.Text, k.Width-margin), "  ", margin, k.Styles.Text)
}
