// Package overlay holds the dialogs: a stack of them is drawn centred over the dimmed screen.
//
// A dialog is passed the command that it confirms, so only the caller knows what a yes means. Anything that can
// send a message opens one with Open; the root passes every message to Stack.Update first. Text that the program
// did not write is filtered here before it is drawn.
//
// Screen and dialogs are layers of cells, composed by lipgloss. The screen is dimmed cell by cell, not by editing its
// escape sequences: that could break a link behind a dialog, or a wide character at its edge. Only the rows that
// changed are composed, which keeps a frame of a streaming screen under 4 ms with any dialog open (BenchmarkDialog).
//
// Help and messages scroll by the viewport of bubbles, and one-line inputs are its textinput. The other bubbles do
// not fit: help omits the keys that are off, and ours says why they are off; list and paginator turn pages of items
// of one height, and the height of search hits depends on the screen; filepicker draws file names unfiltered,
// escape sequences included, and resolves links while it draws; table aligns every column left, and figures are
// aligned right. The text area has its own package, ui/editor.
package overlay

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// Dialog is one thing on top of the screen. All methods are called from the program's one goroutine and must not
// wait.
type Dialog interface {
	// Update handles a message. Mouse positions are relative to the body's first cell. done closes the dialog; cmd runs
	// either way.
	Update(tea.Msg) (done bool, cmd tea.Cmd)
	// View draws the dialog for an area of w x h cells. The Box is never larger.
	View(w, h int) Box
	// Hints are the keys that work here, for the footer; the last one is drawn at the right edge.
	Hints() []widget.Hint
	// Cursor is relative to the body's first cell; nil hides it.
	Cursor() *tea.Cursor
}

// Box is a dialog as it is drawn. W and H include the border. Body is H-2 lines of W-4 cells; missing lines are
// blank, and a body line on style.Sel is extended into the margin. Sub and Status are painted, Title is plain.
type Box struct {
	Title, Sub, Status, Body string
	W, H                     int
	Top                      int  // lines above it; 0 centres it
	Screen                   bool // it is drawn on the ground of the screen, which it fills
}

// OpenMsg puts a dialog on top. Stack.Update takes it.
type OpenMsg struct{ Dialog Dialog }

// Open is the command that puts a dialog on top.
func Open(d Dialog) tea.Cmd { return func() tea.Msg { return OpenMsg{d} } }

// starter is a dialog that has a command to run when it opens.
type starter interface{ start() tea.Cmd }

// refresher is a dialog that shows what may change.
type refresher interface{ refresh() }

// restyler is a dialog that paints with the current styles. The stack hands them out before each drawing, so that a
// theme can be previewed while its picker is open.
type restyler interface{ restyle(*style.Styles) }

// styled is embedded by the dialogs of this package.
type styled struct{ st *style.Styles }

func (d *styled) restyle(st *style.Styles) { d.st = st }

// pressed is the name of a pressed key, "" for any other message.
func pressed(msg tea.Msg) string {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		return k.String()
	}
	return ""
}

// clamp limits a size to 0 to limit.
func clamp(size, limit int) int { return max(min(size, limit), 0) }
