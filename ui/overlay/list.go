package overlay

import tea "charm.land/bubbletea/v2"

// list is the position in a list of n lines, of which h are shown: at is the chosen line, top the first shown one.
type list struct {
	n, h    int
	at, top int
	each    int // screen lines of a line of the list; 0 is 1
}

// size sets how many lines there are and how many are shown.
func (l *list) size(n, h int) {
	l.n, l.h = n, max(h, 1)
	l.move(0)
}

func (l *list) move(by int) {
	l.at = max(min(l.at+by, l.n-1), 0)
	l.top = max(min(l.top, l.at, l.n-l.h), l.at-l.h+1, 0)
}

// visible is the range of lines that are shown.
func (l *list) visible() (from, to int) { return l.top, min(l.top+l.h, l.n) }

// update moves by key or wheel, and reports whether msg was one of those. letters says that j, k, g and G move too:
// not where letters are text.
func (l *list) update(msg tea.Msg, letters bool) bool {
	if wheel, ok := msg.(tea.MouseWheelMsg); ok {
		switch wheel.Button {
		case tea.MouseWheelUp:
			l.move(-3)
		case tea.MouseWheelDown:
			l.move(3)
		}
		return true
	}
	k := pressed(msg)
	if letters {
		switch k {
		case "j":
			k = "down"
		case "k":
			k = "up"
		case "g":
			k = "home"
		case "G":
			k = "end"
		}
	}
	switch k {
	case "up", "ctrl+p":
		l.move(-1)
	case "down", "ctrl+n":
		l.move(1)
	case "pgup":
		l.move(-l.h)
	case "pgdown":
		l.move(l.h)
	case "home", "ctrl+home":
		l.move(-l.n)
	case "end", "ctrl+end":
		l.move(l.n)
	default:
		return false
	}
	return true
}

// click is the line that was clicked, or -1; y is the body line of the first shown line.
func (l *list) click(msg tea.Msg, y int) int {
	m, ok := msg.(tea.MouseClickMsg)
	each := max(l.each, 1)
	if !ok || m.Button != tea.MouseLeft || m.Y < y || m.Y >= y+l.h*each {
		return -1
	}
	if i := l.top + (m.Y-y)/each; i < l.n {
		return i
	}
	return -1
}
