package cli

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"

	"relaytop/relay"
	"relaytop/state/archive"
	"relaytop/state/session"
	"relaytop/ui/text"
)

// ledgerTable is a table of every kind of column.
func ledgerTable() *table {
	t := newTable(column{title: "ID", kind: whole}, column{title: "MODEL"}, column{title: "per request $", kind: number},
		column{title: "TITLE", look: func(string) lipgloss.Style { return lipgloss.NewStyle().Foreground(lipgloss.Red) }})
	t.row("RSYXIRVU6FXHTPQHOJJHL3NCF7", "deepseek-v3.2-experimental", "0.00022302",
		"Explain how two photons can be entangled, briefly")
	t.row("H6Z7LBTGCBOBY6GAHTKRVMZMDE", "gpt-4.1", "1047576", "hi")
	return t
}

func printed(t *testing.T, table *table, o output) string {
	t.Helper()
	var b bytes.Buffer
	o.w = &b
	if err := table.print(&o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAPipedTableIsNeitherWrappedNorCut(t *testing.T) {
	long := strings.Repeat("a long title ", 40)
	table := ledgerTable()
	table.row("ID", "m\x1b[31m", "1", "first line\nsecond "+long)
	got := printed(t, table, output{})
	if n := strings.Count(got, "\n"); n != 4 {
		t.Errorf("%d lines for a head and three rows:\n%s", n, got)
	}
	if strings.Contains(got, "\x1b") || !strings.Contains(got, "first line second "+strings.TrimSpace(long)+"\n") {
		t.Errorf("%q", got)
	}
	for line := range strings.Lines(got) {
		if strings.HasSuffix(line, " \n") {
			t.Errorf("blanks at the end of %q", line)
		}
	}
	const want = "ID                          MODEL                       per request $  TITLE\n"
	if !strings.HasPrefix(got, want) {
		t.Errorf("the head is\n%swant\n%s", got, want)
	}
}

func TestATableFitsItsTerminal(t *testing.T) {
	for _, width := range []int{30, 41, 60, 72, 80, 100, 160} {
		got := printed(t, ledgerTable(), output{terminal: true, width: width})
		for line := range strings.Lines(got) {
			if w := text.Width(strings.TrimSuffix(line, "\n")); w > width {
				t.Errorf("%d cells on a terminal of %d:\n%s", w, width, got)
			}
		}
		letters := strings.Join(strings.Fields(got), "")
		for _, whole := range []string{"RSYXIRVU6FXHTPQHOJJHL3NCF7", "0.00022302", "1047576"} {
			if width > 41 && !strings.Contains(got, whole) {
				t.Errorf("%d cells: %s is broken or cut:\n%s", width, whole, got)
			}
		}
		if width < 41 || width == 160 { // in blocks or in one line, the words stand in their order
			for _, all := range []string{"Explainhowtwophotonscanbeentangled,briefly", "deepseek-v3.2-experimental"} {
				if !strings.Contains(letters, all) {
					t.Errorf("%d cells: no %q in\n%s", width, all, got)
				}
			}
		}
		for _, word := range []string{"Explain", "photons", "entangled", "briefly", "request", "TITLE"} {
			if !strings.Contains(got, word) {
				t.Errorf("%d cells: no %q in\n%s", width, word, got)
			}
		}
	}
}

// TestATableThatJustFitsIsAsOnAPipe: a cell less, and it is not.
func TestATableThatJustFitsIsAsOnAPipe(t *testing.T) {
	want, width := printed(t, ledgerTable(), output{}), 0
	for line := range strings.Lines(want) {
		width = max(width, text.Width(strings.TrimSuffix(line, "\n")))
	}
	if got := printed(t, ledgerTable(), output{terminal: true, width: width}); got != want {
		t.Errorf("on a terminal of %d cells:\n%swant\n%s", width, got, want)
	}
	if got := printed(t, ledgerTable(), output{terminal: true, width: width - 1}); got == want {
		t.Errorf("wider than a terminal of %d cells:\n%s", width-1, got)
	}
}

func TestNumbersStandOnTheRight(t *testing.T) {
	for line := range strings.Lines(printed(t, ledgerTable(), output{})) {
		if at := strings.Index(line, "1047576"); at >= 0 && line[:at+7] != fmt.Sprintf("%-28s%-28s%13s", line[:26],
			"gpt-4.1", "1047576") {
			t.Errorf("%q", line)
		}
	}
}

func TestColourOnlyWhereThereIsSome(t *testing.T) {
	got := printed(t, ledgerTable(), output{terminal: true, width: 120, colour: true})
	if strings.Count(got, "\x1b[31m") != 2 || !strings.Contains(got, "\x1b[1mTITLE") {
		t.Errorf("%q", got)
	}
	for _, o := range []output{{}, {terminal: true, width: 120}, {terminal: true, width: 40, ascii: true}} {
		got := printed(t, ledgerTable(), o)
		if strings.ContainsFunc(got, func(r rune) bool { return r == '\x1b' || r > '~' }) {
			t.Errorf("%+v: %q", o, got)
		}
	}
}

// TestEveryTableFits: the tables of the commands fit the terminal, even with long names and large numbers.
func TestEveryTableFits(t *testing.T) {
	price := relay.USD / 3
	offer := relay.Offer{ID: "anthropic/claude-sonnet-4.5-20250929-thinking", Endpoint: "holysheep", Context: 1_047_576,
		Input: &price, Output: &price,
		Call: &price, Source: relay.SourceRelay, AsOf: "2026-11-01"}
	chat := session.Record{ID: "RSYXIRVU6FXHTPQHOJJHL3NCF7", Title: "Explain how two photons can be entangled",
		Model: "deepseek-v3.2", Messages: 12, Cost: price, Updated: time.Now(), Estimated: true, Unknown: 2}
	other := chat
	other.ID = "RSYXIRVU6G" + chat.ID[10:]
	used := archive.Usage{OK: 120_000, Known: 120_000, Tokens: 99_123_456, Cost: 900 * price}
	report := archive.Report{Groups: []archive.Group{{Key: offer.ID, Usage: used}}}
	for name, write := range map[string]func(*console) error{
		"models": func(c *console) error { return printModels(c.stdout(), []relay.Offer{offer}) },
		"chats":  func(c *console) error { return printChats(c, []session.Record{chat, other}) },
		"usage":  func(c *console) error { return printUsage(c.stdout(), &report, "model") },
	} {
		for _, width := range []int{60, 80, 160} {
			got := onScreen(t, width, write)
			for line := range strings.Lines(got) {
				if w := text.Width(strings.TrimRight(line, "\r\n")); w > width {
					t.Errorf("%s: %d cells on a terminal of %d:\n%s", name, w, width, got)
				}
			}
		}
	}
	got := onScreen(t, 80, func(c *console) error { return printChats(c, []session.Record{chat, other}) })
	if !strings.Contains(got, "RSYXIRVU6F ") {
		t.Errorf("no ID that tells the chats apart:\n%s", got)
	}
}

func TestATableOfFiguresIsTurnedBeforeItIsTakenApart(t *testing.T) {
	table := newTable(column{title: "model"}, column{title: "requests", kind: number},
		column{title: "tokens", kind: number})
	table.turns = true
	table.row("deepseek-v3.2", "25", "12482")
	const want = "model     deepseek-v3.2\nrequests             25\ntokens            12482\n"
	if got := printed(t, table, output{terminal: true, width: 26}); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
