package metrics

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/pane"
	"relaytop/ui/widget"
)

// copyFigures puts the figures of the window on the clipboard as plain text, with the whole tables.
func (m *Model) copyFigures() tea.Cmd { return pane.Copy(m.page().plain(), "the figures") }

// plain is the figures of the window as text: a line for each latency, one of sums, and the tables.
func (p *page) plain() string {
	f := &p.view.Figures
	var b strings.Builder
	fmt.Fprintf(&b, "window %s, until %s\n", f.Window, p.view.End.Format("2006-01-02 15:04:05"))
	fmt.Fprintf(&b, "requests %s ok, %s failed, %.2f/s; %s of %s attempts failed\n", widget.Count(f.OK),
		widget.Count(f.Failed), f.ReqPerSec, widget.Count(f.FailedAttempts), widget.Count(f.Attempts))
	fmt.Fprintf(&b, "tokens %.0f/s\n", f.TokPerSec)
	for _, of := range []part{partTTFT, partE2E, partTPOT} {
		m := p.measures(of)
		if q := m.total; q.N > 0 {
			fmt.Fprintf(&b, "%s p50 %s  p95 %s  p99 %s  max %s  n %s\n", m.name, widget.Duration(q.P50),
				widget.Duration(q.P95), widget.Duration(q.P99), widget.Duration(q.Max), widget.Count(q.N))
		}
	}
	if head := ansi.Strip(p.costHead(1000, p.spent()+f.Pending)); head != "" {
		fmt.Fprintf(&b, "cost of this run %s\n", head)
	}
	const wide = 160
	for _, of := range []part{partModels, partEndpoints, partLanes} {
		rows := p.rowsOf(of)
		if len(rows) == 0 {
			continue
		}
		b.WriteByte('\n')
		for _, line := range p.rows(of, wide, len(rows)+1) {
			b.WriteString(strings.TrimRight(ansi.Strip(line), " ") + "\n")
		}
	}
	return b.String()
}
