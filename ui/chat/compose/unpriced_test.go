package compose

import (
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
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

// TestSpendAsksBeforeItRunsAgain: other verbs that send are asked about too, and run again once the user agreed.
func TestSpendAsksBeforeItRunsAgain(t *testing.T) {
	f := &fake{err: &relay.UnpricedError{Model: "m", Limit: "budget_day"}}
	again := func() error { return f.note("again") }
	open, ok := Spend("not asked again", f, again)().(overlay.OpenMsg)
	if !ok {
		t.Fatal("it does not ask")
	}
	if _, yes := open.Dialog.Update(uitest.Key("y")); yes == nil || yes() != nil ||
		!slices.Equal(f.did, []string{"again", "allow", "again"}) {
		t.Errorf("it did %q", f.did)
	}
	f = &fake{err: errDisk}
	toast, ok := Spend("not asked again", f, again)().(pane.ToastMsg)
	if !ok || toast.Text != "not asked again: invalid: disk full" {
		t.Errorf("another error: %+v", toast)
	}
}
