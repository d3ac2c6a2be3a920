package ui

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/state"
	"relaytop/ui/uitest"
)

// Hints name the keys of the configuration, also those of another pane.
func TestHintsNameTheKeysOfTheConfiguration(t *testing.T) {
	st := state.New(state.Options{Demo: true, Relay: "sim", Model: "gpt-4.1"})
	t.Cleanup(func() { _ = st.Close(context.Background()) })
	m, err := build(context.Background(), st, Options{Theme: "dark", Keys: map[string][]string{
		"focus.batch": {"f5"}, "palette": {"ctrl+k"}, "mouse": {"f6"}, "help": {"f7"}, "help.typing": {"f8"},
		"batch.open": {"O"}, "batch.sample": {"Z"}, "chat.write": {"w"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	shows := func(what string, want ...string) {
		t.Helper()
		screen := ansi.Strip(m.View().Content)
		for _, s := range want {
			if !strings.Contains(screen, s) {
				t.Errorf("%s: no %q in\n%s", what, s, screen)
			}
		}
	}
	press := func(keys ...string) {
		for _, k := range keys {
			m.Update(uitest.Key(k))
		}
	}
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	m.Update(frameMsg{})
	shows("the empty chat", "f5 then Z", "ctrl+k connect a relay", "F8 help")
	press("esc")
	shows("reading", "letters are keys now: w to write", "w write", "f7 help")
	press("f6")
	shows("the mouse", "f6 gives it back")
	press("f6", "f5")
	shows("the empty batch pane", "O  open a file", "Z  run the built-in sample")
}
