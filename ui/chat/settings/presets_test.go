package settings

import (
	"slices"
	"strings"
	"testing"

	"relaytop/relay"
	"relaytop/state/session"
)

func TestPresetsAreSavedUsedRenamedAndDeleted(t *testing.T) {
	o := open(t)
	o.header.System, o.header.Params = "Speak like a pirate.", relay.Params{}.With("seed", 7)
	o.show()
	o.run(o.PickPreset())
	o.keys("ctrl+s")
	o.types("plain")
	if o.keys("enter"); !strings.Contains(o.shown(80, 22), "plain is built in") {
		t.Error(o.shown(80, 22))
	}
	o.keys("ctrl+u")
	o.types("pirate @")
	want := `"name":"pirate","system":"Speak like a pirate.","model":"gpt-4.1","params":{"seed":7}`
	if toast := o.keys("enter"); toast != "saved as pirate" || !strings.Contains(o.store.kept[settingKey], want) {
		t.Errorf("toast %q, kept %s", toast, o.store.kept[settingKey])
	}
	o.header.Preset = "pirate"
	o.show()
	if got := o.line(); !strings.Contains(got, "pirate · no temp · no max · seed 7") {
		t.Errorf("the role is not shown:\n%s", got)
	}
	o.header.Params = o.header.Params.With("seed", 8)
	o.show()
	if got := o.line(); !strings.Contains(got, "pirate, changed") {
		t.Errorf("a change is not shown:\n%s", got)
	}
	o.run(o.PickPreset())
	o.types("rev")
	o.keys("enter")
	if n := len(o.store.did); !strings.HasPrefix(o.store.did[n-1], "preset c1 reviewer: You review") {
		t.Errorf("did %q", o.store.did)
	}
	o.run(o.PickPreset())
	o.types("before") // settings that no preset has do not get lost
	o.keys("enter")
	if n := len(o.store.did); o.store.did[n-1] != "preset c1 pirate: Speak like a pirate." {
		t.Errorf("did %q", o.store.did)
	}
	o.run(o.PickPreset())
	o.types("pirate")
	o.keys("ctrl+r")
	o.keys("ctrl+u")
	o.types("corsair")
	o.keys("enter")
	o.run(o.PickPreset())
	o.types("concise")
	if toast := o.keys("ctrl+d"); !strings.Contains(toast, "not one of your own") {
		t.Errorf("toast %q", toast)
	}
	o.keys("ctrl+u")
	o.types("corsair")
	o.keys("ctrl+d", "n")
	if !strings.Contains(o.store.kept[settingKey], "corsair") {
		t.Fatalf("kept %s", o.store.kept[settingKey])
	}
	o.run(o.PickPreset())
	o.types("corsair")
	o.keys("ctrl+d", "y")
	if o.store.kept[settingKey] != "[]" || !slices.Contains(o.store.did, "name c1 corsair") {
		t.Errorf("kept %s, did %q", o.store.kept[settingKey], o.store.did)
	}
}

func TestUnreadablePresetsAreNotOverwritten(t *testing.T) {
	o := open(t)
	o.store.kept = map[string]string{settingKey: "{"}
	o.run(o.PickPreset())
	o.keys("ctrl+s")
	o.types("mine")
	if toast := o.keys("enter"); !strings.Contains(toast, "can't be read") || o.store.kept[settingKey] != "{" {
		t.Errorf("toast %q, kept %q", toast, o.store.kept[settingKey])
	}
}

func TestThePresets(t *testing.T) {
	for _, size := range sizes {
		o := open(t)
		o.header.Preset = "reviewer"
		o.presets.own = []session.Preset{{Name: "pirate \x1b[2J", System: "Speak like a pirate.", Model: "deepseek-v3.2"}}
		o.show()
		o.run(o.PickPreset())
		o.golden(t, "presets", size)
	}
}

// The parameters of the built-in presets pass the checks of the panel.
func TestBuiltInPresets(t *testing.T) {
	for _, p := range builtIn() {
		for key, raw := range p.Params {
			if _, err := parseValue(key, showValue(key, raw)); err != nil {
				t.Errorf("%s: %s = %s: %v", p.Name, key, raw, err)
			}
		}
	}
}
