package compose

import (
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/ui/overlay"
	"relaytop/ui/uitest"
)

// TestAModelWithoutAPriceIsAskedAbout: the text stays in the composer, and is sent once the user agreed.
func TestAModelWithoutAPriceIsAskedAbout(t *testing.T) {
	for key, sent := range map[string]bool{"y": true, "n": false} {
		o := open(t)
		o.store.err = &relay.UnpricedError{Model: "m", Limit: "budget_day"}
		o.types("hello")
		msgs := o.press("enter")
		i := slices.IndexFunc(msgs, func(m tea.Msg) bool { _, ok := m.(overlay.OpenMsg); return ok })
		if i < 0 || toasts(msgs) != "" || o.editor.Value() != "hello" {
			t.Fatalf("asked %v, toasts %q, the text is %q", i >= 0, toasts(msgs), o.editor.Value())
		}
		_, cmd := msgs[i].(overlay.OpenMsg).Dialog.Update(uitest.Key(key))
		if cmd != nil {
			o.run(cmd)
		}
		want := []string{"ask c1 hello"}
		if sent {
			want = append(want, "allow", "ask c1 hello")
		}
		if !slices.Equal(o.store.did, want) || (o.editor.Value() == "") != sent {
			t.Errorf("%s: it did %q, the text is %q", key, o.store.did, o.editor.Value())
		}
	}
}
