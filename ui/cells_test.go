package ui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"relaytop/relay"
	"relaytop/ui/uitest"
)

const markdownAnswer = "Give them **one budget**:\n\n- a *first* attempt earns `0.2`\n- a retry spends 1, see " +
	"[the paper](https://example.com/budget)\n\n> No budget, no retry.\n\n```go\n// Spend takes one token.\n" +
	"func (b *Budget) Spend() bool {\n\treturn b.tokens >= 1\n}\n```\n\n| class | waits |\n|---|---|\n| 429 | yes |\n"

// TestCells compares whole screens cell by cell: a lost ground or bold fails here.
func TestCells(t *testing.T) {
	for _, look := range uitest.Looks() {
		for _, s := range []struct{ w, h int }{{80, 24}, {160, 45}} {
			t.Run(fmt.Sprintf("%s-%dx%d", look.Name, s.w, s.h), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					d := openWith(t, s.w, s.h, Options{Theme: look.Theme, Look: look.Options})
					defer d.stop()
					drawEverything(d, func(name string) {
						t.Helper()
						id := d.engine.last().ID.String() // random
						view := strings.ReplaceAll(d.View().Content, id, "rt-0123456789abcdef")
						uitest.GoldenCells(t, fmt.Sprintf("%s-%s-%dx%d", name, look.Name, s.w, s.h), view)
					})
				})
			})
		}
	}
}

// drawEverything opens each screen and calls check.
func drawEverything(d *dashboard, check func(name string)) {
	asked(d)
	d.Press("alt+i")
	check("inspector")
	d.Press("esc")
	d.Type("How do I cap the retries of a pool?")
	d.Press("enter")
	sent := relay.Event{Kind: relay.Sent, Model: "gpt-4.1", Endpoint: "sim", Attempt: 1}
	d.feed(relay.Event{Kind: relay.Queued}, sent)
	d.feed(relay.Event{Kind: relay.Text, Text: markdownAnswer})
	check("dashboard")
	d.feed(done(d, markdownAnswer))
	d.Press("alt+k", "k") // an answer is selected
	d.Press("z")
	check("chat")
	d.Press("z", "?")
	check("help")
	d.Press("esc", "ctrl+p")
	d.Type("theme")
	check("palette")
}
