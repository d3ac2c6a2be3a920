// Package uitest drives a Bubble Tea model without a terminal: it presses keys, runs the commands that Update
// returns, waits until the model is idle, and compares the screen with a golden file. It is meant for a
// testing/synctest bubble, where waiting takes no time and "idle" is exact.
package uitest

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Driver takes the place of the Bubble Tea program. All methods must be called from the test's goroutine, inside a
// synctest bubble.
type Driver struct {
	t     *testing.T
	model tea.Model
	mu    sync.Mutex
	inbox []tea.Msg
	quit  bool
}

// Start initialises the model and gives it a size.
func Start(t *testing.T, m tea.Model, w, h int) *Driver {
	t.Helper()
	d := &Driver{t: t, model: m}
	d.run(m.Init())
	d.Send(tea.WindowSizeMsg{Width: w, Height: h})
	return d
}

// run starts a command on a goroutine, as the program does; its message goes to the inbox.
func (d *Driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		msg := cmd()
		d.mu.Lock()
		defer d.mu.Unlock()
		d.inbox = append(d.inbox, msg)
	}()
}

// Send delivers a message and all that follow from it, until the model is idle.
func (d *Driver) Send(msg tea.Msg) {
	d.t.Helper()
	d.deliver(msg)
	d.Idle()
}

func (d *Driver) deliver(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
		return
	case tea.QuitMsg:
		d.quit = true
		return
	case tea.BatchMsg:
		for _, cmd := range msg {
			d.run(cmd)
		}
		return
	}
	if cmds, ok := sequence(msg); ok {
		for _, cmd := range cmds { // in order: each ends before the next begins
			if cmd != nil {
				d.deliver(cmd())
			}
		}
		return
	}
	var cmd tea.Cmd
	d.model, cmd = d.model.Update(msg)
	d.model.View() // as the program does after every message
	d.run(cmd)
}

// Idle waits until every command is blocked and every message is delivered.
func (d *Driver) Idle() {
	d.t.Helper()
	for range 1000 {
		synctest.Wait()
		d.mu.Lock()
		msgs := d.inbox
		d.inbox = nil
		d.mu.Unlock()
		if len(msgs) == 0 {
			return
		}
		for _, msg := range msgs {
			d.deliver(msg)
		}
	}
	d.t.Fatal("the model never becomes idle: a command keeps sending messages")
}

// Press types keys by name: "enter", "ctrl+p", "alt+2", "a".
func (d *Driver) Press(keys ...string) {
	d.t.Helper()
	for _, k := range keys {
		d.Send(Key(k))
	}
}

// Type types text, a rune at a time.
func (d *Driver) Type(s string) {
	d.t.Helper()
	for _, r := range s {
		d.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// Paste is a bracketed paste.
func (d *Driver) Paste(s string) {
	d.t.Helper()
	d.Send(tea.PasteMsg{Content: s})
}

// Quit reports whether the model quit.
func (d *Driver) Quit() bool { return d.quit }

// Screen is the plain text of the screen, trailing blanks cut.
func (d *Driver) Screen() string { return plain(d.model.View().Content) }

// View is the view as it is given to the renderer.
func (d *Driver) View() tea.View { return d.model.View() }

// Expect fails the test unless every text is on the screen.
func (d *Driver) Expect(texts ...string) {
	d.t.Helper()
	screen := d.Screen()
	for _, s := range texts {
		if !strings.Contains(screen, s) {
			d.t.Errorf("%q is not on the screen:\n%s", s, screen)
		}
	}
}

// Refuse fails the test if any of the texts is on the screen.
func (d *Driver) Refuse(texts ...string) {
	d.t.Helper()
	screen := d.Screen()
	for _, s := range texts {
		if strings.Contains(screen, s) {
			d.t.Errorf("%q is on the screen:\n%s", s, screen)
		}
	}
}

func plain(s string) string {
	lines := strings.Split(ansi.Strip(s), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
