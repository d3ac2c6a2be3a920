package overlay

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/viewport"
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
)

// pager is a text that scrolls: the viewport of bubbles with the keys of our lists.
type pager struct {
	view  viewport.Model
	lines []string
}

func newPager() pager {
	v := viewport.New()
	v.KeyMap = viewport.KeyMap{
		PageDown: pane.Bind("page down", "pgdown", "space", "ctrl+d"),
		PageUp:   pane.Bind("page up", "pgup", "ctrl+u"),
		Down:     pane.Bind("down", "down", "j", "ctrl+n"),
		Up:       pane.Bind("up", "up", "k", "ctrl+p"),
	}
	return pager{view: v}
}

// show sets the lines and the size of the viewport in cells.
func (p *pager) show(lines []string, w, h int) {
	p.view.SetWidth(w)
	p.view.SetHeight(h)
	if !slices.Equal(lines, p.lines) {
		p.lines = lines
		p.view.SetContentLines(lines)
	}
	p.view.SetYOffset(p.view.YOffset()) // clamps it to the lines there are now
}

func (p *pager) update(msg tea.Msg) {
	switch pressed(msg) {
	case "home", "ctrl+home", "g":
		p.view.GotoTop()
	case "end", "ctrl+end", "G":
		p.view.GotoBottom()
	default:
		p.view, _ = p.view.Update(msg)
	}
}

// body is the lines in the viewport, below a blank line. The viewport's own View pads lines with blanks on the
// terminal's background, which would show in the dialog.
func (p *pager) body() string {
	from := p.view.YOffset()
	return "\n" + strings.Join(p.lines[from:min(from+p.view.Height(), len(p.lines))], "\n")
}

// scrolls reports that there are more lines than are shown.
func (p *pager) scrolls() bool { return len(p.lines) > p.view.Height() }

// status is the range of lines that are shown, "" if all are.
func (p *pager) status(d *styled) string {
	from := p.view.YOffset()
	return position(d, from, min(from+p.view.Height(), len(p.lines)), len(p.lines))
}
