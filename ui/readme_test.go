package ui

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"relaytop/ui/pane"
)

// TestReadmeHasTheKeys compares the README's key table with the action tables that it is made from.
func TestReadmeHasTheKeys(t *testing.T) {
	const path, from, to = "../README.md", "<!-- keys: made from the action tables by `make golden` -->\n", "<!-- /keys -->"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(raw), from)
	_, tail, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatal("the README has lost the marks around its key table")
	}
	want := head + from + keyTable(t) + to + tail
	if want == string(raw) {
		return
	}
	if os.Getenv("UPDATE_GOLDEN") == "" {
		t.Fatal("the README's key table is out of date: make golden")
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

func keyTable(t *testing.T) string {
	m := testModel(t)
	var b strings.Builder
	b.WriteString("\n| where | key | does |\n| --- | --- | --- |\n")
	for _, table := range [][]pane.Action{m.keys, m.panes[paneChat].Actions(), m.panes[paneBatch].Actions(), m.panes[paneMetrics].Actions()} {
		for _, a := range table {
			keys := make([]string, 0, 2)
			for _, k := range a.Binding.Keys() {
				keys = append(keys, "`"+pane.KeyName(k)+"`")
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", a.Group, strings.Join(keys, " "), a.Title)
		}
	}
	b.WriteString("\n")
	return b.String()
}
