package settings

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relaytop/relay"
)

func TestParametersAreEditedInTheirPlace(t *testing.T) {
	o := open(t)
	o.run(o.EditParams())
	last := func(want string) {
		t.Helper()
		if n := len(o.store.did); n == 0 || o.store.did[n-1] != "params c1 "+want {
			t.Errorf("did %q, want %s", o.store.did, want)
		}
	}
	o.keys("enter", "ctrl+u")
	o.types("3")
	o.keys("enter")
	if len(o.store.did) > 0 || !strings.Contains(o.shown(80, 22), "✗ it takes a number from 0 to 2") {
		t.Errorf("did %q\n%s", o.store.did, o.shown(80, 22))
	}
	o.keys("ctrl+u")
	o.types("0.2")
	o.keys("enter")
	last(`{"max_tokens":4096,"temperature":0.2}`)
	o.keys("x")
	last(`{"max_tokens":4096}`)
	o.keys("r")
	last(`{"max_tokens":4096,"temperature":0.7}`)
	o.keys("down", "down", "8") // a digit begins to write
	o.types("00")
	o.keys("enter")
	last(`{"max_tokens":800,"temperature":0.7}`)
	o.keys("G", "up", "right", "right")
	last(`{"max_tokens":800,"response_format":{"type":"json_object"},"temperature":0.7}`)
	o.keys("a")
	o.types("model")
	o.keys("enter")
	if !strings.Contains(o.shown(80, 22), "model is set by the program itself") {
		t.Error(o.shown(80, 22))
	}
	o.keys("ctrl+u")
	o.types("top_k")
	o.keys("enter")
	o.types("40")
	o.keys("enter")
	last(`{"max_tokens":800,"response_format":{"type":"json_object"},"temperature":0.7,"top_k":40}`)
	o.keys("esc")
	if !o.stack.Empty() {
		t.Error("it stays open")
	}
}

func TestASchemaFromAFile(t *testing.T) {
	o := open(t)
	o.run(o.EditParams())
	path := filepath.Join(t.TempDir(), "person.json")
	o.keys("G", "up", "enter")
	o.types("json_schema " + path)
	if toast := o.keys("enter"); !strings.Contains(toast, "no such file") || len(o.store.did) > 0 {
		t.Errorf("toast %q, did %q", toast, o.store.did)
	}
	if err := os.WriteFile(path, []byte(`{"type":"object"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	o.keys("enter")
	o.types("json_schema " + path)
	o.keys("enter")
	want := `"response_format":{"json_schema":{"name":"person","schema":{"type":"object"}},"type":"json_schema"}`
	if len(o.store.did) != 1 || !strings.Contains(o.store.did[0], want) ||
		!strings.Contains(o.shown(80, 22), "json_schema person") {
		t.Errorf("did %q\n%s", o.store.did, o.shown(80, 22))
	}
}

func TestTheParameterPanel(t *testing.T) {
	for _, size := range sizes {
		o := open(t)
		o.header.Params = relay.Params{
			"temperature": json.RawMessage("0.2"), "stop": json.RawMessage(`["\n\n"]`),
			"top_k": json.RawMessage("40"), "user": json.RawMessage("\"\u009b2J\""),
		}
		o.show()
		o.run(o.EditParams())
		o.keys("down", "down")
		o.golden(t, "params", size)
	}
}
