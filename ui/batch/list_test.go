package batch

import (
	"testing"

	"relaytop/state/job"
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
