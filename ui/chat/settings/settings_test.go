package settings

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/uitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a store that notes what it was asked to do.
type fake struct {
	did      []string
	err      error
	kept     map[string]string
	measured []meter.ModelFigures
}

func (f *fake) note(s string) error                         { f.did = append(f.did, s); return f.err }
func (f *fake) New() string                                 { _ = f.note("new"); return "c2" }
func (f *fake) SetModel(chat, s string) error               { return f.note("model " + chat + " " + s) }
func (f *fake) SetSystem(chat, s string) error              { return f.note("system " + chat + " " + s) }
func (f *fake) NamePreset(chat, name string) error          { return f.note("name " + chat + " " + name) }
func (f *fake) ModelFigures() ([]meter.ModelFigures, error) { return f.measured, f.err }
func (f *fake) Recall(key string) (string, bool)            { s, ok := f.kept[key]; return s, ok }
func (f *fake) SetParams(chat string, p relay.Params) error {
	raw, _ := json.Marshal(p)
	return f.note("params " + chat + " " + string(raw))
}
func (f *fake) UsePreset(chat string, p session.Preset) error {
	return f.note("preset " + chat + " " + p.Name + ": " + p.System)
}
func (f *fake) Remember(key, value string) error {
	if f.kept == nil {
		f.kept = map[string]string{}
	}
	f.kept[key] = value
	return f.err
}

// outside is an external editor that leaves a text.
type outside struct {
	text, got string
	err       error
	removed   []string
}

func (o *outside) Open(text string, reply func(text, file string, err error) tea.Msg) tea.Cmd {
	o.got = text
	return func() tea.Msg { return reply(o.text, "draft.md", o.err) }
}

func (o *outside) Remove(file string) tea.Cmd {
	o.removed = append(o.removed, file)
	return nil
}

// opened is the settings of a chat, and the dialog on top of them.
type opened struct {
	*Model
	store  *fake
	editor *outside
	header session.Header
	stack  *overlay.Stack
	list   []Choice
	fetch  []tea.Cmd // what the dialog reads once it is open
	t      testing.TB
}

func open(t testing.TB) *opened {
	t.Helper()
	o := &opened{store: &fake{}, editor: &outside{}, t: t, list: []Choice{{ID: "gpt-4.1", Endpoint: "sim"}}}
	env := &pane.Env{Styles: uitest.Looks()[0].Styles(t)}
	o.stack = overlay.NewStack(env)
	o.Model = New(Store{Library: o.store, Settings: o.store}, func() []Choice { return o.list }, o.editor)
	o.SetStyles(env.Styles)
	o.header = session.Header{ID: "c1", Model: "gpt-4.1", Params: relay.DefaultParams()}
	o.show()
	return o
}

// show gives the header to the settings as one that changed.
func (o *opened) show() {
	o.header.Version++
	o.header.Shape++
	o.Show(o.header, "gpt-4.1")
}

func (o *opened) deliver(msg tea.Msg) tea.Cmd {
	cmd, taken := o.stack.Update(msg)
	if _, opens := msg.(overlay.OpenMsg); opens {
		o.fetch = append(o.fetch, cmd)
		return nil
	}
	if taken {
		return cmd
	}
	more, _ := o.Update(msg)
	return tea.Batch(cmd, more)
}

// run runs a command and what comes of it, and returns the toasts.
func (o *opened) run(cmd tea.Cmd) string {
	var toasts []string
	for _, msg := range uitest.Drain(cmd, o.deliver) {
		if t, ok := msg.(pane.ToastMsg); ok {
			toasts = append(toasts, t.Text)
		}
	}
	return strings.Join(toasts, "|")
}

// keys presses keys in the dialog and returns the toasts.
func (o *opened) keys(keys ...string) string {
	toast := ""
	for _, k := range keys {
		cmd, _ := o.stack.Update(uitest.Key(k))
		toast += o.run(cmd)
	}
	return toast
}

func (o *opened) types(s string) {
	for _, c := range s {
		o.keys(string(c))
	}
}

// fetched waits for what the dialog reads once it is open.
func (o *opened) fetched() {
	for _, cmd := range o.fetch {
		o.run(cmd)
	}
	o.fetch = nil
}

// shown is the dialog over an empty screen.
func (o *opened) shown(w, h int) string {
	blank := strings.TrimSuffix(strings.Repeat(strings.Repeat(" ", w)+"\n", h), "\n")
	return ansi.Strip(o.stack.Over(blank, w, h))
}

// golden compares the dialog in a terminal of a size; the last two lines are the footer's.
func (o *opened) golden(t *testing.T, name string, size [2]int) {
	t.Helper()
	uitest.Golden(t, fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), o.shown(size[0], size[1]-2))
}

// line is the facts on one line.
func (o *opened) line() string { return strings.Join(o.Facts(), " · ") }

var sizes = [][2]int{{80, 24}, {120, 36}, {160, 45}}
