package chat

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/pane"
	"relaytop/ui/uitest"
)

func (f *fake) Fork(chat string, id int64) (string, error) {
	return "c9", f.note(fmt.Sprint("fork ", chat, " ", id))
}

func TestAChatIsForkedFromTheChosenMessage(t *testing.T) {
	r := open(t, 80, 24, question(1, "hi"), ended(2, "hello", relay.StatusOK), question(3, "more"),
		live(4, "so", session.Streaming))
	r.reading()
	if got := toasts(r.press("f")); !strings.Contains(got, "still streaming") {
		t.Errorf("toast %q", got)
	}
	r.press("k", "k", "f")
	if want := []string{"fork c1 2"}; !slices.Equal(r.store.did, want) {
		t.Errorf("did %q, want %q", r.store.did, want)
	}
}

func TestAnAnswerIsShownAsItCame(t *testing.T) {
	came := "# Head\n\n- **one**\x1b[2J\n\n```go\nfunc main() {}\n```\n" + strings.Repeat("long ", 30)
	r := open(t, 80, 24, question(1, "hi"), ended(2, came, relay.StatusOK))
	rendered := r.screen()
	r.press("esc", "v")
	got := r.screen()
	for _, want := range []string{"  # Head", "  - **one**␛[2J", "  ```go", "gpt-4.1 · TTFT"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	uitest.Golden(t, "raw-80x24", got)
	if out := r.press("y"); !slices.ContainsFunc(out, func(m tea.Msg) bool {
		c, ok := m.(pane.CopyMsg)
		return ok && c.Text == came
	}) {
		t.Errorf("it is not copied as it came: %v", out)
	}
	r.press("v", "i")
	if again := r.screen(); again != rendered {
		t.Errorf("it is not rendered again:\n%s", again)
	}
}
