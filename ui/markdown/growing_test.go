package markdown

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// TestGrowingReadsAnotherTextFromTheStart: between two frames the text may have been replaced by a longer one.
func TestGrowingReadsAnotherTextFromTheStart(t *testing.T) {
	st, k := testStyles(t), testKit()
	var g Growing
	g.Take(k, st, 40, "Let me think.\n\nIt is", false)
	for _, s := range []string{
		"The answer is four, and always was.\n\nSo.", "The answer is five, and will be for very long.",
	} {
		m := g.Take(k, st, 60, s, true)
		got := strings.Fields(ansi.Strip(strings.Join(m.Lines(nil, 0, m.Height()), " ")))
		if want := strings.Fields(s); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
