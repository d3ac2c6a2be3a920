package chat

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/ui/overlay"
	"relaytop/ui/uitest"
)

func (f *fake) SetParams(chat string, p relay.Params) error {
	raw, _ := json.Marshal(p)
	return f.note("params " + chat + " " + string(raw))
}

// desk is a dialog on top of a pane.
type desk struct {
	*room
	stack   *overlay.Stack
	opening []tea.Cmd // what the dialog fetches when it opens
}

// settle waits for what the dialog fetches.
func (d *desk) settle() {
	for _, cmd := range d.opening {
		for _, msg := range d.run(cmd) {
			d.stack.Update(msg)
		}
	}
	d.opening = nil
}

// over opens what a key of the pane opens.
func (r *room) over(key string) *desk {
	d := &desk{room: r, stack: overlay.NewStack(r.env)}
	for _, msg := range r.press(key) {
		cmd, _ := d.stack.Update(msg)
		d.opening = append(d.opening, cmd)
	}
	if d.stack.Empty() {
		r.t.Fatalf("%s opened nothing", key)
	}
	return d
}

// keys go to the dialog; what it asks for is done, and the replies go round.
func (d *desk) keys(keys ...string) string {
	said := ""
	for _, k := range keys {
		cmd, _ := d.stack.Update(uitest.Key(k))
		for _, msg := range d.run(cmd) {
			d.stack.Update(msg)
			said += toasts([]tea.Msg{msg})
		}
	}
	return said
}

func (d *desk) types(s string) {
	for _, c := range s {
		d.keys(string(c))
	}
}

// shown is the dialog over an empty screen of the size.
func (d *desk) shown(w, h int) string {
	blank := strings.TrimSuffix(strings.Repeat(strings.Repeat(" ", w)+"\n", h), "\n")
	return ansi.Strip(d.stack.Over(blank, w, h))
}

func TestParametersAreEditedInTheirPlace(t *testing.T) {
	r := open(t, 80, 24)
	d := r.over("alt+p")
	last := func(want string) {
		t.Helper()
		if n := len(r.store.did); n == 0 || r.store.did[n-1] != "params c1 "+want {
			t.Errorf("did %q, want %s", r.store.did, want)
		}
	}
	d.keys("enter", "ctrl+u")
	d.types("3")
	d.keys("enter")
	if len(r.store.did) > 0 || !strings.Contains(d.shown(80, 22), "✗ it takes a number from 0 to 2") {
		t.Errorf("did %q\n%s", r.store.did, d.shown(80, 22))
	}
	d.keys("ctrl+u")
	d.types("0.2")
	d.keys("enter")
	last(`{"max_tokens":4096,"temperature":0.2}`)
	d.keys("x")
	last(`{"max_tokens":4096}`)
	d.keys("r")
	last(`{"max_tokens":4096,"temperature":0.7}`)
	d.keys("down", "down", "8") // a digit begins to write
	d.types("00")
	d.keys("enter")
	last(`{"max_tokens":800,"temperature":0.7}`)
	d.keys("G", "up", "right", "right")
	last(`{"max_tokens":800,"response_format":{"type":"json_object"},"temperature":0.7}`)
	d.keys("a")
	d.types("model")
	d.keys("enter")
	if !strings.Contains(d.shown(80, 22), "model is set by the program itself") {
		t.Error(d.shown(80, 22))
	}
	d.keys("ctrl+u")
	d.types("top_k")
	d.keys("enter")
	d.types("40")
	d.keys("enter")
	last(`{"max_tokens":800,"response_format":{"type":"json_object"},"temperature":0.7,"top_k":40}`)
	d.keys("esc")
	if !d.stack.Empty() {
		t.Error("it stays open")
	}
}

func TestASchemaFromAFile(t *testing.T) {
	r := open(t, 80, 24)
	d := r.over("alt+p")
	path := filepath.Join(t.TempDir(), "person.json")
	d.keys("G", "up", "enter")
	d.types("json_schema " + path)
	if said := d.keys("enter"); !strings.Contains(said, "no such file") || len(r.store.did) > 0 {
		t.Errorf("said %q, did %q", said, r.store.did)
	}
	if err := os.WriteFile(path, []byte(`{"type":"object"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	d.keys("enter")
	d.types("json_schema " + path)
	d.keys("enter")
	want := `"response_format":{"json_schema":{"name":"person","schema":{"type":"object"}},"type":"json_schema"}`
	if len(r.store.did) != 1 || !strings.Contains(r.store.did[0], want) || !strings.Contains(d.shown(80, 22), "json_schema person") {
		t.Errorf("did %q\n%s", r.store.did, d.shown(80, 22))
	}
}

func TestTheParameterPanel(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {160, 45}} {
		r := open(t, 80, 24)
		r.snap.Chat.Params = relay.Params{"temperature": json.RawMessage("0.2"), "stop": json.RawMessage(`["\n\n"]`), "top_k": json.RawMessage("40"), "user": json.RawMessage("\"\u009b2J\"")}
		r.refresh()
		d := r.over("alt+p")
		d.keys("down", "down")
		uitest.Golden(t, "params-"+sized(size), d.shown(size[0], size[1]-2))
	}
}

func TestTheLineSaysWhatIsNotUsual(t *testing.T) {
	for _, c := range []struct {
		params relay.Params
		w      int
		want   string
	}{
		{relay.DefaultParams(), 80, "gpt-4.1 · temp 0.7 "},
		{relay.Params{}, 80, "gpt-4.1 · no temp · no max "},
		{relay.DefaultParams().With("seed", 7).With("response_format", map[string]string{"type": "json_object"}), 80, "gpt-4.1 · temp 0.7 · seed 7 · json_object "},
		{relay.DefaultParams().With("stop", []string{"one", "two", "three"}).With("seed", 123456789).With("top_k", 1), 59, "gpt-4.1 · temp 0.7 · +3 "},
	} {
		r := open(t, c.w, 24)
		r.snap.Chat.Params = c.params
		r.refresh()
		if got := r.screen(); !strings.Contains(got, c.want) {
			t.Errorf("want %q in\n%s", c.want, got)
		}
	}
}
