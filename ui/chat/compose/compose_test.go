package compose

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a store that notes what it was asked to do.
type fake struct {
	did    []string
	files  []session.Part // of what was asked last
	drafts []string       // chat and text of each draft
	draft  []session.Part // files of the last draft
	queued string
	err    error
}

func (f *fake) note(s string) error { f.did = append(f.did, s); return f.err }
func (f *fake) New() string         { _ = f.note("new"); return "c2" }
func (f *fake) Ask(chat, s string, files ...session.Part) error {
	f.files = files
	return f.note("ask " + chat + " " + s)
}
func (f *fake) EditAndResend(_ string, _ int64, s string, files ...session.Part) error {
	f.files = files
	return f.note("edit " + s)
}
func (f *fake) SendQueued(chat string) error             { return f.note("send queued " + chat) }
func (f *fake) AllowUnpriced()                           { _, f.err = f.note("allow"), nil }
func (f *fake) Drop(chat string, _ session.Prompt) error { return f.Save(chat, "") }
func (f *fake) Unqueue(string) (session.Prompt, bool) {
	return session.Prompt{Text: f.queued}, f.queued != ""
}
func (f *fake) Save(chat, s string, files ...session.Part) error {
	f.drafts, f.draft = append(f.drafts, chat+" "+s), files
	return nil
}
func (f *fake) Keep(chat, s string, files ...session.Part) error {
	return f.Save(chat, s, files...)
}

// lastDraft is the draft that was saved last, after its chat.
func (f *fake) lastDraft() string {
	if len(f.drafts) == 0 {
		return ""
	}
	return f.drafts[len(f.drafts)-1]
}

var errDisk = &relay.Error{Class: relay.ClassInvalid, Message: "disk full"}

// opened is the composer of a chat.
type opened struct {
	*Model
	store  *fake
	styles *style.Styles
	t      testing.TB
}

func open(t testing.TB) *opened {
	t.Helper()
	o := &opened{store: &fake{}, styles: uitest.Looks()[0].Styles(t), t: t}
	o.Model = New(Store{Library: o.store, Talk: o.store, Drafts: o.store, Budget: o.store}, Options{DraftPause: 1})
	o.Resize(80, 24)
	o.Focus(true)
	o.Enter(&session.Header{ID: "c1"}, nil)
	return o
}

func (o *opened) deliver(msg tea.Msg) tea.Cmd {
	cmd, _ := o.Update(msg)
	return cmd
}

// run runs a command and what comes of it, and returns the messages.
func (o *opened) run(cmd tea.Cmd) []tea.Msg { return uitest.Drain(cmd, o.deliver) }

// press presses keys as the pane does.
func (o *opened) press(keys ...string) []tea.Msg {
	actions := map[string]func() tea.Cmd{
		"enter": o.Send, "ctrl+j": o.Newline, "ctrl+z": o.Undo, "ctrl+y": o.Redo, "alt+a": o.Attach, "alt+up": o.Unqueue,
	}
	var out []tea.Msg
	for _, k := range keys {
		if do := actions[k]; do != nil {
			out = append(out, o.run(do())...)
		} else {
			out = append(out, o.run(o.Press(uitest.Key(k)))...)
		}
	}
	return out
}

// types presses the keys of a text without waiting for what comes of them.
func (o *opened) types(s string) {
	for _, c := range s {
		o.Press(tea.KeyPressMsg{Code: c, Text: string(c)})
	}
}

func (o *opened) paste(s string) []tea.Msg { return o.run(o.Paste(s)) }

// shown is the composer as plain text.
func (o *opened) shown(l Look) string {
	l.Styles = o.styles
	o.SetLook(l)
	lines := o.View()
	if len(lines) != o.Height() {
		o.t.Fatalf("%d lines, not %d", len(lines), o.Height())
	}
	for i, s := range lines {
		if n := ansi.StringWidth(s); n != l.Width {
			o.t.Fatalf("line %d is %d cells wide, not %d: %q", i, n, l.Width, s)
		}
		lines[i] = strings.TrimRight(ansi.Strip(s), " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func toasts(msgs []tea.Msg) string {
	var out []string
	for _, m := range msgs {
		if t, ok := m.(pane.ToastMsg); ok {
			out = append(out, t.Text)
		}
	}
	return strings.Join(out, "|")
}

func opens(msgs []tea.Msg) bool {
	for _, m := range msgs {
		if _, ok := m.(overlay.OpenMsg); ok {
			return true
		}
	}
	return false
}
