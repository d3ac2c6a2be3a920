package pane

import (
	"strings"
	"testing"
)

// The terms that a stranger asks about are explained, each once, in a sentence that does not need the word itself.
func TestTermsAreExplained(t *testing.T) {
	seen := map[string]bool{}
	for _, term := range Terms() {
		if seen[term.Name] || len(term.Means) < 20 || strings.HasPrefix(term.Means, term.Name) {
			t.Errorf("%q: %q", term.Name, term.Means)
		}
		seen[term.Name] = true
	}
	for _, name := range []string{"relay", "lane", "TTFT", "E2E", "breaker", "journal", "felt", "list price", "burst"} {
		if !seen[name] {
			t.Errorf("%s is not explained", name)
		}
	}
}
