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
	const path, from, to = "../README.md", "<!-- keys: made from the action tables by `make golden` -->\n",
		"<!-- /keys -->"
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

// keyTable is a paragraph for each pane, made from its table of actions.
func keyTable(t *testing.T) string {
	m := testModel(t)
	var b strings.Builder
	for _, table := range [][]pane.Action{m.keys, m.panes[paneChat].Actions(), m.panes[paneBatch].Actions(),
		m.panes[paneMetrics].Actions(), m.inspector.pane.Actions()} {
		groups, entries := []string{}, map[string][]string{}
		for _, a := range table {
			if len(a.Binding.Keys()) == 0 {
				continue // found in the palette only
			}
			keys := make([]string, 0, 2)
			for _, k := range a.Binding.Keys() {
				keys = append(keys, "`"+pane.KeyName(k)+"`")
			}
			if entries[a.Group] == nil {
				groups = append(groups, a.Group)
			}
			entries[a.Group] = append(entries[a.Group], strings.Join(keys, " ")+" "+lower(a.Title))
		}
		for _, g := range groups {
			fmt.Fprintf(&b, "\n**%s**: %s\n", g, strings.Join(entries[g], " · "))
		}
	}
	b.WriteString("\n")
	return b.String()
}

// lower makes a title part of a sentence.
func lower(s string) string {
	if len(s) < 2 || s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
