// Package overlay holds what lies on top of the dashboard: a stack of dialogs, drawn centred over the dimmed screen.
//
// A dialog is handed the command that it confirms, so nobody but the caller knows what a yes means. Anything that
// can send a message opens one with Open; the root passes every message to Stack.Update first. Text from outside is
// cleaned here before it is drawn.
//
// Screen and dialogs are layers of cells, composed by lipgloss. The screen is dimmed cell by cell, never by editing
// its escape sequences: so a link behind a dialog, or a wide character at its edge, can't come apart. Only the rows
// that changed are composed, which keeps a frame of a streaming screen under 4 ms with any dialog open
// (BenchmarkDialog).
//
// Help and messages scroll by the viewport of bubbles, and one-line inputs are its textinput. The rest of bubbles
// was looked at and does not fit: help leaves out the keys that are off, and ours says why they are; list and
// paginator turn pages of items that are all of one height, and hits of a search have several lines; filepicker
// draws file names as they are on the disk, escape sequences included, and resolves links while it draws; table
// sets every column flush left, and figures stand right. The text area has a package of its own, ui/editor.
package overlay

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// Dialog is one thing on top of the screen. All methods are called from the program's one goroutine; none may wait.
type Dialog interface {
	// Update takes a message. Mouse positions are relative to the body's first cell. done closes the dialog; cmd runs
	// in any case.
	Update(tea.Msg) (done bool, cmd tea.Cmd)
	// View draws for a room of w x h cells. What it returns is never larger.
	View(w, h int) Box
	// Hints are the keys that work here, for the footer; the last one stands at the right edge.
	Hints() []widget.Hint
	// Cursor is relative to the body's first cell; nil hides it.
	Cursor() *tea.Cursor
}

// Box is a dialog as it is drawn. W and H count the border. Body is H-2 lines of W-4 cells; lines that are missing
// are blank, a body line on style.Sel reaches into the margin. Sub and Status are painted, Title is plain.
type Box struct {
	Title, Sub, Status, Body string
	W, H                     int
	Top                      int // lines above it; 0 centres it
}

// OpenMsg puts a dialog on top. Stack.Update takes it.
type OpenMsg struct{ Dialog Dialog }

// Open is the command that puts a dialog on top.
func Open(d Dialog) tea.Cmd { return func() tea.Msg { return OpenMsg{d} } }

// starter is a dialog that has something to fetch when it opens.
type starter interface{ start() tea.Cmd }

// restyler is a dialog that paints with the current styles. The stack hands them out before each drawing, so that a
// theme can be previewed while its picker is open.
type restyler interface{ restyle(*style.Styles) }

// styled is embedded by the dialogs of this package.
type styled struct{ st *style.Styles }

func (d *styled) restyle(st *style.Styles) { d.st = st }

// pressed gives the name of a pressed key, "" for any other message.
func pressed(msg tea.Msg) string {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		return k.String()
	}
	return ""
}

// clamp keeps a wish for a size within the room, less a border of air where there is any.
func clamp(want, room int) int { return max(min(want, room), 0) }
