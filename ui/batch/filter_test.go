package batch

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/style"
)

// TestFiltersAreNeverCut: at every width the line of filters has whole filters only, and the chosen one.
func TestFiltersAreNeverCut(t *testing.T) {
	for w := 40; w <= 160; w++ {
		m := show(dress(t, "dark", style.Options{}), &fake{rows: table(), focus: 3056}, running(), w, 20)
		m.list.show(queued)
		m.load()
		p := m.page()
		line := strings.TrimRight(ansi.Strip(p.filterLine(w)), " ")
		if strings.Contains(line, "…") || !strings.Contains(line, "[queued 1,928]") {
			t.Errorf("%d: %s", w, line)
		}
	}
}
