package ui

import (
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"relaytop/ui/overlay"
	"relaytop/ui/pane"
)

// answers types into the dialog that cmd opens, and returns the command that the dialog confirms.
func answers(t *testing.T, m *model, cmd tea.Cmd, typed string) tea.Cmd {
	t.Helper()
	open, ok := cmd().(overlay.OpenMsg)
	if !ok {
		t.Fatal("no dialog opened")
	}
	open.Dialog.Update(tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl})
	open.Dialog.Update(tea.PasteMsg{Content: typed})
	m.Update(open)
	if strings.Contains(m.View().Content, "sk-secret") {
		t.Error("the key is drawn")
	}
	done, next := open.Dialog.Update(tea.KeyPressMsg{Code: tea.KeyEnter})
	if !done {
		t.Fatal("the dialog is still open")
	}
	m.Update(tea.KeyPressMsg{Code: tea.KeyEscape})
	return next
}

func TestConnect(t *testing.T) {
	for _, fails := range []error{nil, errors.New("auth (401): wrong key")} {
		m := testModel(t)
		var url, key string
		m.opts.Connect = func(u, k string) (string, error) { url, key = u, k; return "5 models", fails }
		last := answers(t, m, answers(t, m, m.openConnect(), "https://relay.example/v1"), "sk-secret-0123456789")
		both, ok := last().(tea.BatchMsg)
		if !ok {
			t.Fatal("the relay is not tested")
		}
		toast, ok := both[len(both)-1]().(pane.ToastMsg)
		if !ok {
			t.Fatal("there is no toast")
		}
		if url != "https://relay.example/v1" || key != "sk-secret-0123456789" {
			t.Errorf("asked to connect %q with %q", url, key)
		}
		want := "restart relaytop"
		if fails != nil {
			want = "wrong key"
		}
		if got := toast.Text; !strings.Contains(got, want) || strings.Contains(got, "sk-secret") {
			t.Errorf("the toast is %q, want %q", got, want)
		}
	}
}
