package chat

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/find"
	"relaytop/state/meter"
	"relaytop/state/portable"
	"relaytop/state/session"
	"relaytop/themes"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

// fake is a store that notes what it was asked to do.
type fake struct {
	chats  []session.Header
	views  []session.View
	did    []string
	drafts []string
	queued string
	cols   []session.Column
	found  find.Found
	err    error
	files  []session.Part // of what was asked last
	draft  []session.Part // of the last draft
	whole  *portable.Chat
	copied int // how often all messages were asked for
}

func (f *fake) note(s string) error          { f.did = append(f.did, s); return f.err }
func (f *fake) List() []session.Header       { return f.chats }
func (f *fake) SendQueued(chat string) error { return f.note("send queued " + chat) }
func (f *fake) Open(chat string) error       { return f.note("open " + chat) }
func (f *fake) OpenAt(chat string, id int64) error {
	return f.note(fmt.Sprint("open ", chat, " at ", id))
}
func (f *fake) Search(s string, _ int, next int64) (find.Found, error) {
	return f.found, f.note(fmt.Sprint("search ", s, " from ", next))
}
func (f *fake) New() string { _ = f.note("new"); return "c2" }
func (f *fake) Ask(chat, s string, files ...session.Part) error {
	f.files = files
	return f.note("ask " + chat + " " + s)
}
func (f *fake) Stop(chat string) bool                    { _ = f.note("stop " + chat); return true }
func (f *fake) SendNow(chat string) bool                 { _ = f.note("now " + chat); return true }
func (f *fake) SetModel(chat, s string) error            { return f.note("model " + chat + " " + s) }
func (f *fake) Rename(chat, s string) error              { return f.note("rename " + chat + " " + s) }
func (f *fake) Delete(chat string) error                 { return f.note("delete " + chat) }
func (f *fake) Pin(chat string, on bool) error           { return f.note("pin " + chat) }
func (f *fake) Switch(string, int64, int)                { _ = f.note("switch") }
func (f *fake) Regenerate(string, int64) error           { return f.note("regenerate") }
func (f *fake) Drop(chat string, _ session.Prompt) error { return f.Save(chat, "") }
func (f *fake) Keep(chat, s string, files ...session.Part) error {
	return f.Save(chat, s, files...)
}
func (f *fake) Continue(chat string, id int64) error {
	return f.note(fmt.Sprint("continue ", chat, " ", id))
}
func (f *fake) Save(chat, s string, files ...session.Part) error {
	f.drafts, f.draft = append(f.drafts, s), files
	return nil
}
func (f *fake) Unqueue(string) (session.Prompt, bool) {
	return session.Prompt{Text: f.queued}, f.queued != ""
}
func (f *fake) Export(chat string) (*portable.Chat, error) {
	return f.whole, f.note("export " + chat)
}
func (f *fake) Import(c *portable.Chat) (string, error) {
	return "c7", f.note(fmt.Sprint("import ", len(c.Messages)))
}
func (f *fake) Columns(string) []session.Column { return f.cols }
func (f *fake) Adopt(_ string, i int) error     { return f.note(fmt.Sprint("adopt ", i)) }
func (f *fake) Again(_ string, i int) error     { return f.note(fmt.Sprint("again ", i)) }
func (f *fake) Set(_ string, list []session.Target) error {
	return f.note(fmt.Sprint("compare ", list))
}
func (f *fake) EditAndResend(_ string, _ int64, s string, files ...session.Part) error {
	f.files = files
	return f.note("edit " + s)
}

func (f *fake) SetParams(chat string, _ relay.Params) error { return f.note("params " + chat) }
func (f *fake) SetSystem(chat, s string) error              { return f.note("system " + chat + " " + s) }
func (f *fake) UsePreset(chat string, p session.Preset) error {
	return f.note("preset " + chat + " " + p.Name)
}
func (f *fake) NamePreset(chat, name string) error          { return f.note("name " + chat + " " + name) }
func (f *fake) Recall(string) (string, bool)                { return "", false }
func (f *fake) Remember(string, string) error               { return f.err }
func (f *fake) ModelFigures() ([]meter.ModelFigures, error) { return nil, f.err }

func (f *fake) Messages(string) []session.View {
	f.copied++
	return f.views
}

func (f *fake) Growing(string) (out []session.View) {
	for _, v := range f.views[max(len(f.views)-1, 0):] {
		if v.Phase != session.Ended {
			out = append(out, v)
		}
	}
	return out
}

var start = time.Date(2026, 3, 2, 15, 2, 0, 0, time.UTC)

func look(t testing.TB) *style.Styles {
	t.Helper()
	th, err := themes.Load("dark")
	if err != nil {
		t.Fatal(err)
	}
	return style.New(th, style.Options{Generation: 1})
}

// testPane is a pane with its store, its styles and its snapshot.
type testPane struct {
	*Model
	store *fake
	gate  *gate
	env   *pane.Env
	snap  state.Snapshot
	t     testing.TB
}

func open(t testing.TB, w, h int, views ...session.View) *testPane {
	t.Helper()
	f := &fake{views: views}
	env := &pane.Env{Styles: look(t)}
	env.Keys.Add([]pane.Action{ // of the others, which the empty chat names
		{Name: "focus.batch", Binding: pane.Bind("", "alt+2")}, {Name: "batch.sample", Binding: pane.Bind("", "s")},
		{Name: "focus.metrics", Binding: pane.Bind("", "alt+3")}, {Name: "palette", Binding: pane.Bind("", "ctrl+p")},
	})
	g := &gate{f, f, f, f, f}
	r := &testPane{store: f, gate: g, env: env, t: t}
	store := Store{Library: g, Talk: g, Drafts: g, Comparing: g, Settings: g}
	r.Model = New(env, store, Options{DraftPause: 1, Models: func() []ModelChoice {
		if g.Library == nil {
			panic("the models were asked for while drawing")
		}
		return []ModelChoice{{ID: "gpt-4.1", Endpoint: "sim", Context: 1_000_000, Price: "$2.00 / $8.00"},
			{ID: "deepseek-v3.2", Endpoint: "sim", Context: 128_000}}
	}})
	r.pace.clock = func() time.Time { return r.snap.At }
	r.Resize(w, h)
	r.Focus(true)
	r.snap = state.Snapshot{At: start.Add(4 * time.Second), Demo: true, Model: "gpt-4.1", Chat: session.Header{
		ID: "c1", Title: "Retry budget in Go", Model: "gpt-4.1", Params: relay.DefaultParams(), Version: 1}}
	r.refresh()
	return r
}

func (r *testPane) refresh() {
	r.snap.Chat.Shape++
	r.grow()
}

// grow shows what was added to the answer in flight: nothing else changed.
func (r *testPane) grow() {
	r.snap.Chat.Version++
	r.snap.Version++
	if n := len(r.store.views); n > 0 {
		r.snap.Chat.Busy = r.store.views[n-1].Phase != session.Ended
	}
	r.pace.calm = time.Time{} // long enough ago for figures to have moved on
	s := r.snap
	r.Refresh(&s)
}

// screen is the pane as plain text; every line must be exactly as wide as the pane.
func (r *testPane) screen() string {
	r.t.Helper()
	lines := strings.Split(r.View(), "\n")
	if len(lines) != r.frame.h {
		r.t.Fatalf("%d lines, not %d", len(lines), r.frame.h)
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n != r.frame.w {
			r.t.Fatalf("line %d is %d cells wide, not %d: %q", i, n, r.frame.w, l)
		}
		lines[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// press sends keys and feeds back the replies of what they ask for. Drafts that wait for a pause are not waited for.
func (r *testPane) press(keys ...string) []tea.Msg {
	var out []tea.Msg
	for _, k := range keys {
		out = append(out, r.run(r.Update(stroke(k)))...)
	}
	return out
}

func (r *testPane) run(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	done := make(chan tea.Msg, 1)
	go func() { done <- cmd() }()
	msg := <-done
	switch v := reflect.ValueOf(msg); {
	case msg == nil:
		return nil
	case v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]():
		var out []tea.Msg
		for i := range v.Len() {
			out = append(out, r.run(v.Index(i).Interface().(tea.Cmd))...)
		}
		return out
	}
	return append([]tea.Msg{msg}, r.run(r.Update(msg))...)
}

// chosen is the message that letters are about.
func (r *testPane) chosen() int64 {
	v, _ := r.selected()
	return v.ID
}

func (r *testPane) typed(s string) {
	for _, c := range s {
		r.Update(tea.KeyPressMsg{Code: c, Text: string(c)})
	}
}

func stroke(k string) tea.KeyPressMsg {
	var mod tea.KeyMod
	for _, m := range []struct {
		name string
		mod  tea.KeyMod
	}{{"ctrl+", tea.ModCtrl}, {"alt+", tea.ModAlt}, {"shift+", tea.ModShift}} {
		if rest, ok := strings.CutPrefix(k, m.name); ok {
			mod, k = m.mod, rest
		}
	}
	named := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown,
		"right": tea.KeyRight, "left": tea.KeyLeft, "pgup": tea.KeyPgUp,
		"pgdown": tea.KeyPgDown, "end": tea.KeyEnd, "backspace": tea.KeyBackspace, "space": ' '}
	if c, ok := named[k]; ok {
		return tea.KeyPressMsg{Code: c, Mod: mod}
	}
	msg := tea.KeyPressMsg{Code: []rune(k)[0], Mod: mod}
	if mod == 0 {
		msg.Text = k
	}
	return msg
}

func sized(wh [2]int) string { return fmt.Sprintf("%dx%d", wh[0], wh[1]) }

func toasts(msgs []tea.Msg) string {
	var out []string
	for _, m := range msgs {
		if t, ok := m.(pane.ToastMsg); ok {
			out = append(out, t.Text)
		}
	}
	return strings.Join(out, "|")
}

// dialogOver is a dialog on top of a pane.
type dialogOver struct {
	*testPane
	stack *overlay.Stack
}

// over opens what a key of the pane opens.
func (r *testPane) over(key string) *dialogOver {
	d := &dialogOver{testPane: r, stack: overlay.NewStack(r.env)}
	for _, msg := range r.press(key) {
		d.stack.Update(msg)
	}
	if d.stack.Empty() {
		r.t.Fatalf("%s opened nothing", key)
	}
	return d
}

// keys go to the dialog; what it asks for is done, and the replies go round.
func (d *dialogOver) keys(keys ...string) string {
	toast := ""
	for _, k := range keys {
		cmd, _ := d.stack.Update(uitest.Key(k))
		for _, msg := range d.run(cmd) {
			d.stack.Update(msg)
			toast += toasts([]tea.Msg{msg})
		}
	}
	return toast
}

// shown is the dialog over an empty screen of the size.
func (d *dialogOver) shown(w, h int) string {
	blank := strings.TrimSuffix(strings.Repeat(strings.Repeat(" ", w)+"\n", h), "\n")
	return ansi.Strip(d.stack.Over(blank, w, h))
}

// flat is a text without blanks, so that it is found wherever it was wrapped.
func flat(s string) string { return strings.Join(strings.Fields(s), "") }
