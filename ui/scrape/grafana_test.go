package scrape

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTheDashboardAsksForWhatIsServed: every metric and label of an expression is one of ours.
func TestTheDashboardAsksForWhatIsServed(t *testing.T) {
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr, LegendFormat string }
		}
	}
	if err := json.Unmarshal(Grafana, &board); err != nil || len(board.Panels) == 0 {
		t.Fatalf("%d panels, %v", len(board.Panels), err)
	}
	served := map[string][]string{}
	for _, m := range []metric{duration, firstChunk, outputChunk, tokenUsage, requests, attempts, cost, unknownCost,
		inFlight, queueDepth, waiting, breakerState, buildInfo} {
		served[m.name] = m.labels
	}
	selector := regexp.MustCompile(`((?:relaytop|gen_ai)_\w+)\{([^}]*)\}`)
	label := regexp.MustCompile(`(\w+)[!=]?[=~]"`)
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			found := selector.FindAllStringSubmatch(target.Expr, -1)
			if len(found) == 0 {
				t.Errorf("%s: no metric in %s", p.Title, target.Expr)
			}
			for _, f := range found {
				name := f[1]
				for _, suffix := range []string{"_bucket", "_sum", "_count"} {
					if _, ok := served[name]; !ok {
						name = strings.TrimSuffix(name, suffix)
					}
				}
				labels, ok := served[name]
				if !ok {
					t.Errorf("%s: there is no %s", p.Title, f[1])
				}
				for _, l := range label.FindAllStringSubmatch(f[2], -1) {
					if l[1] != "job" && !slices.Contains(labels, l[1]) {
						t.Errorf("%s: %s has no label %s", p.Title, name, l[1])
					}
				}
			}
		}
	}
}
