package overlay

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/style"
)

// Line is a text of one line that is edited in its place, inside a dialog or a pane of another package.
type Line struct{ input input }

// NewLine begins to edit a value. The placeholder is shown while nothing is typed.
func NewLine(value, placeholder string) *Line { return &Line{newInput(value, placeholder)} }

// Value is what is typed.
func (l *Line) Value() string { return l.input.value() }

// Update edits, and reports whether the text changed.
func (l *Line) Update(msg tea.Msg) (changed bool, cmd tea.Cmd) { return l.input.update(msg) }

// View draws the line in exactly w cells.
func (l *Line) View(st *style.Styles, w int) string { return l.input.view(st, w) }

// Cursor is where View drew it, for a line that begins in column x of row y.
func (l *Line) Cursor(x, y int) *tea.Cursor { return l.input.cursor(x, y) }
