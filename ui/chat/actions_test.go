package chat

import (
	"testing"

	"relaytop/relay"
	"relaytop/ui/overlay"
	"relaytop/ui/uitest"
)

// Every action that is on can be run, in any state of the pane: a method of a part that is still nil would panic.
func TestEveryActionIsBound(t *testing.T) {
	for _, state := range map[string]func() *testPane{
		"empty":     func() *testPane { return open(t, 80, 24) },
		"answered":  func() *testPane { return open(t, 80, 24, question(1, "hi"), ended(2, "hello", relay.StatusOK)) },
		"comparing": func() *testPane { return compared(t, 116, 32, sideBySide(3)) },
	} {
		for i := range state().Actions() {
			r := state()
			a := r.Actions()[i]
			if a.On() {
				a.Do()
				r.screen()
			}
		}
	}
}

// The keys of the settings open their dialogs from the composer.
func TestKeysOpenTheSettings(t *testing.T) {
	for _, k := range []string{"alt+m", "alt+p", "alt+s", "alt+r", "alt+c"} {
		r := open(t, 80, 24)
		opened := false
		for _, msg := range r.run(r.Update(uitest.Key(k))) {
			_, is := msg.(overlay.OpenMsg)
			opened = opened || is
		}
		if !opened {
			t.Errorf("%s opens nothing", k)
		}
	}
}
