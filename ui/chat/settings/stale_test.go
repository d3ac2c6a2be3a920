package settings

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/session"
)

// leave opens another chat while a dialog of the first one is still open.
func (o *opened) leave() {
	o.header = session.Header{ID: "c9", Version: o.header.Version, Shape: o.header.Shape}
	o.show()
}

// A dialog changes the chat that it was opened for, even if another chat is open by now.
func TestRepliesChangeTheirOwnChat(t *testing.T) {
	schema := filepath.Join(t.TempDir(), "s.json")
	if err := os.WriteFile(schema, []byte(`{"type":"object"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		do   func(o *opened)
		want string // the beginning of what the store did; "": nothing
	}{
		{"model", func(o *opened) {
			o.run(o.PickModel())
			o.leave()
			o.keys("enter")
		}, "model c1 gpt-4.1"},
		{"parameter", func(o *opened) {
			o.run(o.EditParams())
			o.leave()
			o.keys("x")
		}, `params c1 {"max_tokens":4096}`},
		{"schema", func(o *opened) {
			p := &panel{writer: &paramWriter{store: o.Model.store, chat: "c1"}}
			reply := p.openSchema(schema)()
			o.leave()
			o.run(o.deliver(reply))
		}, `params c1 {"response_format":`},
		{"system prompt", func(o *opened) {
			o.run(o.EditSystem())
			o.types("hi")
			o.leave()
			o.keys("ctrl+s")
		}, "system c1 hi"},
		{"preset", func(o *opened) { // it would take the place of settings that nobody looks at
			o.run(o.PickPreset())
			o.types("reviewer")
			o.leave()
			if toast := o.keys("enter"); !strings.Contains(toast, "another chat is open") {
				t.Errorf("toast %q", toast)
			}
		}, ""},
		{"name of a preset", func(o *opened) {
			o.run(o.SavePreset())
			o.types("mine")
			o.leave()
			o.keys("enter")
		}, "name c1 mine"},
	} {
		o := open(t)
		c.do(o)
		did := strings.Join(o.store.did, "|")
		if !strings.HasPrefix(did, c.want) || c.want == "" && did != "" || len(o.store.did) > 1 {
			t.Errorf("%s: did %q, want %q", c.name, o.store.did, c.want)
		}
	}
}

// A text from the external editor goes only into the dialog that opened it.
func TestTheEditorsTextGoesToItsDialog(t *testing.T) {
	o := open(t)
	o.run(o.EditSystem())
	first := o.stack.Top().(*systemDialog)
	o.keys("esc")
	o.leave()
	o.run(o.EditSystem())
	o.run(o.deliver(systemMsg{dialog: first, text: "of the other chat", file: "draft.md"}))
	o.types("x")
	o.keys("ctrl+s")
	if want := []string{"system c9 x"}; !slices.Equal(o.store.did, want) || len(o.editor.removed) > 0 {
		t.Errorf("did %q, want %q; removed %q", o.store.did, want, o.editor.removed)
	}
}

// Of two quick changes, the reply to the first may arrive last. It must not bring the older list back.
func TestAnOlderListOfPresetsIsDropped(t *testing.T) {
	o := open(t)
	add := func(name string) tea.Msg {
		return o.changePresets("saved", func(own []session.Preset) []session.Preset {
			return append(own, session.Preset{Name: name})
		}, nil)()
	}
	first, second := add("first"), add("second")
	o.run(o.deliver(second))
	o.run(o.deliver(first))
	all := o.allPresets()
	if named(all, "first") < 0 || named(all, "second") < 0 {
		t.Errorf("the older reply replaced the newer list: %d presets", len(all))
	}
}
