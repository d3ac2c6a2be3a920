package overlay

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// Stack is the dialogs that are open, the last one on top. The zero value can't draw: use NewStack.
type Stack struct {
	env     *pane.Env
	dialogs []*layer
	layers  layers
	x, y    int // where the top dialog's border was drawn last
	w, h    int
}

// layer is one open dialog and how it was drawn last. Its address identifies the dialog.
type layer struct {
	Dialog
	picture picture
}

// NewStack makes an empty stack that draws with the styles of env.
func NewStack(env *pane.Env) *Stack { return &Stack{env: env} }

// Empty reports that no dialog is open.
func (s *Stack) Empty() bool { return len(s.dialogs) == 0 }

// Top is the dialog that gets the keys; nil if no dialog is open.
func (s *Stack) Top() Dialog {
	if s.Empty() {
		return nil
	}
	return s.top().Dialog
}

func (s *Stack) top() *layer { return s.dialogs[len(s.dialogs)-1] }

// Push puts a dialog on top and starts it.
func (s *Stack) Push(d Dialog) tea.Cmd {
	s.dialogs = append(s.dialogs, &layer{Dialog: d})
	s.w, s.h = 0, 0
	s.restyle(d)
	if d, ok := d.(refresher); ok {
		d.refresh()
	}
	if d, ok := d.(starter); ok {
		return d.start()
	}
	return nil
}

// Refresh lets the dialogs take what changed. It is called before each frame, so that drawing them asks for nothing.
func (s *Stack) Refresh() {
	for _, l := range s.dialogs {
		if d, ok := l.Dialog.(refresher); ok {
			d.refresh()
		}
	}
}

// Update passes a message to the dialogs. Keys, pastes and the mouse go to the top one only and are taken: the caller
// must not handle them. Any other message goes to every dialog and is not taken.
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
		return s.update(s.top(), msg), true
	case tea.KeyReleaseMsg, tea.PasteStartMsg, tea.PasteEndMsg:
		return nil, true
	case tea.MouseMsg:
		if at := m.Mouse(); at.X < s.x || at.Y < s.y || at.X >= s.x+s.w || at.Y >= s.y+s.h {
			return nil, true
		}
		return s.update(s.top(), s.inside(m)), true
	}
	var cmds []tea.Cmd
	for _, d := range slices.Clone(s.dialogs) {
		cmds = append(cmds, s.update(d, msg))
	}
	return tea.Batch(cmds...), false
}

// update updates one dialog, and removes it from the stack if it is done, wherever it is by then.
func (s *Stack) update(l *layer, msg tea.Msg) tea.Cmd {
	s.restyle(l.Dialog)
	done, cmd := l.Update(msg)
	if done {
		s.dialogs = slices.DeleteFunc(s.dialogs, func(other *layer) bool { return other == l })
	}
	return cmd
}

func (s *Stack) restyle(d Dialog) {
	if d, ok := d.(restyler); ok {
		d.restyle(s.env.Styles)
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

// Hints returns the hints of the top dialog, and the one for the right edge. Some depend on what fits: call it after
// Over.
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

// Cursor is the cursor of the top dialog, on the screen that Over drew last.
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

// Over draws the open dialogs over base, which is h lines of w cells and is dimmed. Without a dialog it returns base.
func (s *Stack) Over(base string, w, h int) string {
	if s.Empty() {
		return base
	}
	pictures := make([]picture, len(s.dialogs))
	for i, d := range s.dialogs {
		s.restyle(d.Dialog)
		pictures[i] = s.place(d, w, h)
	}
	top := &pictures[len(pictures)-1]
	s.x, s.y, s.w, s.h = top.x, top.y, top.w, top.h
	return strings.Join(s.layers.over(s.env.Styles, strings.Split(base, "\n"), pictures, w), "\n")
}

// place draws a dialog for a screen of w x h cells. The lines are kept until the dialog shows something else.
func (s *Stack) place(d *layer, w, h int) picture {
	box := d.View(w, h)
	p := picture{box: box, w: min(box.W, w), h: min(box.H, h), generation: s.env.Styles.Generation}
	p.x, p.y = (w-p.w)/2, (h-p.h)/2
	if box.Top > 0 {
		p.y = min(box.Top, h-p.h)
	}
	last := &d.picture
	if last.lines != nil && last.box == box && last.w == p.w && last.h == p.h && last.generation == p.generation {
		p.lines = last.lines
	} else {
		p.lines = lines(s.env.Styles, &p)
	}
	d.picture = p
	return p
}

// lines draws a dialog: on the panel ground, or on the screen's if it fills the screen.
func lines(st *style.Styles, p *picture) []string {
	box := &p.box
	if !box.Screen {
		return strings.Split(widget.Panel(st, p.w, p.h, box.Title, box.Sub, box.Status, box.Body), "\n")
	}
	out := strings.Split(widget.Box(st, p.w, p.h, box.Title, box.Sub, box.Status, true, box.Body), "\n")
	for i := range out {
		out[i] = st.On(style.Bg, out[i])
	}
	return out
}
