package sim

import (
	"strings"
	"testing"
)

func TestAStreamIsWhole(t *testing.T) {
	s, c := relayAnd(t, Instant())
	got := stream(t, s, c, body("gpt-4.1", "Explain quantum entanglement", ""))
	if !strings.HasPrefix(got.text, "**Quantum entanglement**") {
		t.Errorf("text begins %.60q", got.text)
	}
	if got.finish != "stop" || !got.done {
		t.Errorf("finish %q, done %v", got.finish, got.done)
	}
	if got.usage == nil || got.usage.Output != CountTokens(got.text) || got.usage.Total != got.usage.Input+got.usage.Output {
		t.Errorf("usage %+v, counted %d", got.usage, CountTokens(got.text))
	}
	if got.contents != CountTokens(got.text) {
		t.Errorf("%d content chunks for %d tokens", got.contents, CountTokens(got.text))
	}
	for i, us := range got.sent {
		if us < 1e15 || i > 0 && us < got.sent[i-1] {
			t.Fatalf("chunk %d says it was sent at %d after %v", i, us, got.sent[:i])
		}
	}
}
