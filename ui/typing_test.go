package ui

import (
	"io"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"
)

// told is an input that is told what letters are.
type told struct {
	io.Reader
	typing bool
}

func (k *told) Typing(on bool) { k.typing = on }

// TestTheKeyboardKnowsWhatLettersAre: text in the composer, commands everywhere else.
func TestTheKeyboardKnowsWhatLettersAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &told{}
		d := openWith(t, 160, 45, Options{Theme: "dark", Input: k})
		defer d.stop()
		for _, c := range []struct {
			key    string
			typing bool
		}{{"a", true}, {"esc", false}, {"i", true}, {"alt+2", false}, {"alt+1", true}, {"ctrl+p", false}, {"esc", true}} {
			d.Press(c.key)
			if k.typing != c.typing {
				t.Errorf("behind %s letters are text: %v", c.key, k.typing)
			}
		}
	})
}

// TestAPasteGoesToTheComposer: from every pane, and out of the inspector.
func TestAPasteGoesToTheComposer(t *testing.T) {
	for _, keys := range [][]string{nil, {"esc"}, {"alt+2"}, {"alt+3"}} {
		synctest.Test(t, func(t *testing.T) {
			d := open(t, 80, 24)
			defer d.stop()
			d.Press(keys...)
			d.Send(tea.PasteMsg{Content: "rest q\rline"})
			d.Expect("rest q", "line", "1 chat")
			if !d.root.front().Typing() || len(d.engine.asked) > 0 {
				t.Errorf("behind %q the composer does not have the keys, or %d requests are sent", keys, len(d.engine.asked))
			}
		})
	}
}

// TestPastesShowWhatTheyHold: control characters reach the composer as their pictures.
func TestPastesShowWhatTheyHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, 80, 24)
		defer d.stop()
		d.Send(tea.PasteMsg{Content: "log \U0010FF1B[31mred"})
		d.Expect("log ␛[31mred")
	})
}
