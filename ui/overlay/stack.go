package overlay

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// Stack is the dialogs that are open, the last one on top. The zero value cannot draw: use NewStack.
type Stack struct {
	env     *pane.Env
	dialogs []*layer
	x, y    int // where the top dialog's border was drawn last
	w, h    int
}

// layer gives a dialog an identity, whatever type it is.
type layer struct{ Dialog }

// NewStack makes an empty stack that draws in the look of env.
func NewStack(env *pane.Env) *Stack { return &Stack{env: env} }

// Empty reports that nothing lies on top.
func (s *Stack) Empty() bool { return len(s.dialogs) == 0 }

// Top is the dialog that gets the keys; nil when there is none.
func (s *Stack) Top() Dialog {
	if s.Empty() {
		return nil
	}
	return s.top().Dialog
}

func (s *Stack) top() *layer { return s.dialogs[len(s.dialogs)-1] }

// Push puts a dialog on top and starts it.
func (s *Stack) Push(d Dialog) tea.Cmd {
	s.dialogs = append(s.dialogs, &layer{d})
	s.w, s.h = 0, 0
	s.dress(d)
	if d, ok := d.(starter); ok {
		return d.start()
	}
	return nil
}

// Pop closes the top dialog. What it would have confirmed does not happen.
func (s *Stack) Pop() {
	if !s.Empty() {
		s.dialogs = s.dialogs[:len(s.dialogs)-1]
	}
}

// Update gives a message to the dialogs. Keys, pastes and the mouse go to the top one only and are taken: the caller must not handle
// them any further. All else goes to every dialog, and is not taken, since a dialog's own messages mean nothing to others.
func (s *Stack) Update(msg tea.Msg) (cmd tea.Cmd, taken bool) {
	switch m := msg.(type) {
	case OpenMsg:
		return s.Push(m.Dialog), true
	case runMsg:
		return m.do(), true
	}
	if s.Empty() {
		return nil, false
	}
	switch m := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		return s.tell(s.top(), msg), true
	case tea.KeyReleaseMsg, tea.PasteStartMsg, tea.PasteEndMsg:
		return nil, true
	case tea.MouseMsg:
		if at := m.Mouse(); at.X < s.x || at.Y < s.y || at.X >= s.x+s.w || at.Y >= s.y+s.h {
			return nil, true
		}
		return s.tell(s.top(), s.inside(m)), true
	}
	var cmds []tea.Cmd
	for _, d := range slices.Clone(s.dialogs) {
		cmds = append(cmds, s.tell(d, msg))
	}
	return tea.Batch(cmds...), false
}

// tell updates one dialog and takes it off the stack when it is done, wherever it lies by then.
func (s *Stack) tell(l *layer, msg tea.Msg) tea.Cmd {
	s.dress(l.Dialog)
	done, cmd := l.Update(msg)
	if done {
		s.dialogs = slices.DeleteFunc(s.dialogs, func(other *layer) bool { return other == l })
	}
	return cmd
}

func (s *Stack) dress(d Dialog) {
	if d, ok := d.(wearer); ok {
		d.wear(s.env.Styles)
	}
}

// inside moves a mouse message to the coordinates of the top dialog's body.
func (s *Stack) inside(msg tea.MouseMsg) tea.Msg {
	switch m := msg.(type) {
	case tea.MouseClickMsg:
		m.X, m.Y = m.X-s.x-2, m.Y-s.y-1
		return m
	case tea.MouseReleaseMsg:
		m.X, m.Y = m.X-s.x-2, m.Y-s.y-1
		return m
	case tea.MouseWheelMsg:
		m.X, m.Y = m.X-s.x-2, m.Y-s.y-1
		return m
	case tea.MouseMotionMsg:
		m.X, m.Y = m.X-s.x-2, m.Y-s.y-1
		return m
	}
	return msg
}

// Hints are those of the top dialog, and the one for the right edge. Some depend on what fits: ask after Over.
func (s *Stack) Hints() (hints []widget.Hint, last widget.Hint) {
	if s.Empty() {
		return nil, widget.Hint{}
	}
	hints = s.Top().Hints()
	if n := len(hints); n > 0 {
		return hints[:n-1], hints[n-1]
	}
	return nil, widget.Hint{}
}

// Cursor is that of the top dialog, on the screen that Over drew last.
func (s *Stack) Cursor() *tea.Cursor {
	if s.Empty() || s.w == 0 {
		return nil
	}
	c := s.Top().Cursor()
	if c == nil {
		return nil
	}
	moved := *c
	moved.X, moved.Y = c.X+s.x+2, c.Y+s.y+1
	return &moved
}

// Over draws the open dialogs over base, which is h lines of w cells: what lies behind becomes quiet. Without a dialog it is base.
func (s *Stack) Over(base string, w, h int) string {
	if s.Empty() {
		return base
	}
	lines := strings.Split(base, "\n")
	for _, d := range s.dialogs {
		s.dress(d.Dialog)
		for i := range lines {
			lines[i] = dim(s.env.Styles, lines[i])
		}
		s.draw(lines, d.View(w, h), w, h)
	}
	return strings.Join(lines, "\n")
}

func (s *Stack) draw(lines []string, box Box, w, h int) {
	st := s.env.Styles
	s.w, s.h = min(box.W, w), min(box.H, h)
	s.x, s.y = (w-s.w)/2, (h-s.h)/2
	if box.Top > 0 {
		s.y = min(box.Top, h-s.h)
	}
	for i, line := range strings.Split(widget.Panel(st, s.w, s.h, box.Title, box.Sub, box.Status, box.Body), "\n") {
		if y := s.y + i; y < len(lines) {
			lines[y] = splice(st, lines[y], line, s.x, s.w, w)
		}
	}
}

// splice puts piece, n cells, over line at x. A wide character that it cuts through becomes a blank.
func splice(st *style.Styles, line, piece string, x, n, w int) string {
	left := widget.Fit(ansi.Cut(line, 0, x), x)
	right := ansi.Cut(line, x+n, w)
	for at := x + n + 1; widget.Width(right) > w-x-n && at <= w; at++ {
		right = ansi.Cut(line, at, w)
	}
	bg := st.Start(style.Bg)
	return left + bg + piece + bg + widget.FitRight(right, w-x-n)
}
