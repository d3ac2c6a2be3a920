package chat

import (
	"slices"
	"strings"
	"testing"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/uitest"
)

func (f *fake) UsePreset(chat string, p session.Preset) error {
	return f.note("preset " + chat + " " + p.Name + ": " + p.System)
}
func (f *fake) NamePreset(chat, name string) error { return f.note("name " + chat + " " + name) }
func (f *fake) Recall(key string) (string, bool)   { s, ok := f.kept[key]; return s, ok }
func (f *fake) Remember(key, value string) error {
	if f.kept == nil {
		f.kept = map[string]string{}
	}
	f.kept[key] = value
	return f.err
}

func TestPresetsAreSavedTakenRenamedAndDeleted(t *testing.T) {
	r := open(t, 80, 24)
	r.snap.Chat.System, r.snap.Chat.Params = "Speak like a pirate.", relay.Params{}.With("seed", 7)
	r.refresh()
	d := r.over("alt+r")
	d.keys("ctrl+s")
	d.types("plain")
	if d.keys("enter"); !strings.Contains(d.shown(80, 22), "plain is built in") {
		t.Error(d.shown(80, 22))
	}
	d.keys("ctrl+u")
	d.types("pirate @")
	if said := d.keys("enter"); said != "saved as pirate" || !strings.Contains(r.store.kept[keepPresets], `"name":"pirate","system":"Speak like a pirate.","model":"gpt-4.1","params":{"seed":7}`) {
		t.Errorf("said %q, kept %s", said, r.store.kept[keepPresets])
	}
	r.snap.Chat.Preset = "pirate"
	r.refresh()
	if got := r.screen(); !strings.Contains(got, "gpt-4.1 · pirate · no temp · no max · seed 7") {
		t.Errorf("the role is not told:\n%s", got)
	}
	r.snap.Chat.Params = r.snap.Chat.Params.With("seed", 8)
	r.refresh()
	if got := r.screen(); !strings.Contains(got, "pirate, changed") {
		t.Errorf("a change is not told:\n%s", got)
	}
	d = r.over("alt+r")
	d.types("rev")
	d.keys("enter")
	if n := len(r.store.did); !strings.HasPrefix(r.store.did[n-1], "preset c1 reviewer: You review") {
		t.Errorf("did %q", r.store.did)
	}
	d = r.over("alt+r")
	d.types("before") // settings that no preset has do not get lost
	d.keys("enter")
	if n := len(r.store.did); r.store.did[n-1] != "preset c1 pirate: Speak like a pirate." {
		t.Errorf("did %q", r.store.did)
	}
	d = r.over("alt+r")
	d.types("pirate")
	d.keys("ctrl+r")
	d.keys("ctrl+u")
	d.types("corsair")
	d.keys("enter")
	d = r.over("alt+r")
	d.types("concise")
	if said := d.keys("ctrl+d"); !strings.Contains(said, "not one of your own") {
		t.Errorf("said %q", said)
	}
	d.keys("ctrl+u")
	d.types("corsair")
	d.keys("ctrl+d", "n")
	if !strings.Contains(r.store.kept[keepPresets], "corsair") {
		t.Fatalf("kept %s", r.store.kept[keepPresets])
	}
	d = r.over("alt+r")
	d.types("corsair")
	d.keys("ctrl+d", "y")
	if r.store.kept[keepPresets] != "[]" || !slices.Contains(r.store.did, "name c1 corsair") {
		t.Errorf("kept %s, did %q", r.store.kept[keepPresets], r.store.did)
	}
}

func TestPresetsThatCannotBeReadAreNotWrittenOver(t *testing.T) {
	r := open(t, 80, 24)
	r.store.kept = map[string]string{keepPresets: "{"}
	d := r.over("alt+r")
	d.keys("ctrl+s")
	d.types("mine")
	if said := d.keys("enter"); !strings.Contains(said, "can't be read") || r.store.kept[keepPresets] != "{" {
		t.Errorf("said %q, kept %q", said, r.store.kept[keepPresets])
	}
}

func TestThePresets(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {160, 45}} {
		r := open(t, 80, 24)
		r.snap.Chat.Preset = "reviewer"
		r.roles.own = []session.Preset{{Name: "pirate \x1b[2J", System: "Speak like a pirate.", Model: "deepseek-v3.2"}}
		r.refresh()
		uitest.Golden(t, "presets-"+sized(size), r.over("alt+r").shown(size[0], size[1]-2))
	}
}

// TestBuiltInPresets: their parameters pass the checks of the panel.
func TestBuiltInPresets(t *testing.T) {
	for _, p := range builtIn() {
		for key, raw := range p.Params {
			if _, err := parseValue(key, showValue(key, raw)); err != nil {
				t.Errorf("%s: %s = %s: %v", p.Name, key, raw, err)
			}
		}
	}
}
