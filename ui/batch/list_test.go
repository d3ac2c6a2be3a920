package batch

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"relaytop/state/job"
	"relaytop/ui/style"
)

// fifths is a run of 100 rows, each fifth of which failed.
func fifths() (*fake, *job.Header) {
	f := &fake{}
	for i := range 100 {
		r := job.Row{N: i + 1, Outcome: job.RowOK}
		if r.N%5 == 0 {
			r.Outcome = job.RowFailed
		}
		f.rows = append(f.rows, r)
	}
	return f, &job.Header{ID: "r", Rows: 100, OK: 80, Failed: 20}
}

func TestAWindowStaysWithinItsRows(t *testing.T) {
	f, h := fifths()
	h.Failed = 99 // the count is out of date
	for name, tt := range map[string]struct {
		list          list
		from, sel, id int
	}{
		"behind the end":         {list{from: 99, sel: 99}, 90, 99, 100},
		"far behind the end":     {list{from: 500, sel: 500}, 90, 99, 100},
		"above the window":       {list{from: 50, sel: 20}, 20, 20, 21},
		"below the window":       {list{from: 50, sel: 70}, 61, 70, 71},
		"fewer than was thought": {list{filter: failed, from: 93, sel: 98}, 10, 19, 100},
	} {
		l := tt.list
		l.load(f, h, 10)
		row := l.selected()
		if l.from != tt.from || l.sel != tt.sel || len(l.rows) != 10 || row == nil || row.N != tt.id {
			t.Errorf("%s: %d rows from %d, selected %d: %+v", name, len(l.rows), l.from, l.sel, row)
		}
	}
}

func TestTheEndOfAFilteredListIsItsLastRow(t *testing.T) {
	f, h := fifths()
	l := list{filter: failed}
	l.load(f, h, 10)
	l.edge(true)
	l.load(f, h, 10)
	if row := l.selected(); l.follow || row == nil || row.N != 100 {
		t.Errorf("follows: %v, selected %+v", l.follow, row)
	}
}

func TestAFilterBeginsAtItsFirstRow(t *testing.T) {
	f, h := fifths()
	l := list{sel: 60, from: 55}
	l.load(f, h, 10)
	l.show(answered)
	l.load(f, h, 10)
	if row := l.selected(); l.follow || l.from != 0 || row == nil || row.N != 1 {
		t.Errorf("from %d, selected %+v", l.from, row)
	}
}

// The answer of the selected row is drawn as Markdown, without the keys of the chat.
func TestTheAnswerOfARowIsDrawn(t *testing.T) {
	row := done(job.Row{N: 1, ID: "a"}, 200, 40, "# Title\n\nUse **bold**, 3~5 times:\n\n```go\nx := a[i]\n```\n")
	m := show(dress(t, "dark", style.Options{}), &fake{rows: []job.Row{row}}, over(running()), 100, 30)
	var lines []string
	for _, l := range m.page().answer(&row, 4) {
		lines = append(lines, strings.TrimRight(ansi.Strip(l), " "))
	}
	want := []string{"answer    Title", "          Use bold, 3~5 times:", "            go", "            x := a[i]"}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	got := m.page().answer(&row, 2)
	if len(got) != 2 || !strings.HasSuffix(strings.TrimRight(ansi.Strip(got[1]), " "), "…") {
		t.Errorf("in two lines it is %q", got)
	}
}
