package batch

import (
	"time"

	"relaytop/state/job"
)

// list is the window of rows that is on the screen, and where it stands.
type list struct {
	rows   []job.Row // those on the screen
	total  int       // how many rows the filter keeps
	from   int       // index of the first row on the screen
	sel    int       // index of the selected row
	height int       // how many rows fit
	top    int       // line of the first row; 0: no rows are shown
	follow bool      // the window follows the oldest unfinished row
	filter filter
	// With narrowed the list is found: the indexes of the rows that a search found, in its order.
	found    []int32
	narrowed bool
	at       time.Time // of the snapshot that the rows were read for
	unread   bool      // the rows must be read before they are drawn
}

// rowSource is where the rows of the list come from.
type rowSource interface {
	rows
	finder
}

// rows are those of a run, from memory.
type rows interface {
	Rows(id string, from, n int) []job.Row
	// RowsWhere returns n of the rows that keep accepts, from the from-th of them on, and how many there are.
	RowsWhere(id string, keep func(o job.Outcome, fellBack bool) bool, from, n int) (rows []job.Row, total int)
	Focus(id string) int // index of the first unfinished row
}

// load moves the window so that the selected row, or the oldest unfinished one, is in it, and reads its n rows.
func (l *list) load(from rowSource, run *job.Header, n int) {
	l.height = max(n, 0)
	l.total = run.Rows
	switch {
	case l.narrowed:
		l.total = len(l.found)
	case l.filter != everything:
		l.total = l.filter.count(run)
	}
	if l.follow {
		l.sel = from.Focus(run.ID)
		l.from = max(l.sel-2, 0)
	}
	for range 2 { // the total under a filter is known after reading: the window may have to move once more
		l.sel = min(max(l.sel, 0), max(l.total-1, 0))
		l.from = min(l.from, l.sel)
		if l.sel >= l.from+l.height {
			l.from = l.sel - l.height + 1
		}
		l.from = max(min(l.from, l.total-l.height), 0)
		before := l.total
		l.read(from, run.ID)
		if l.total == before {
			return
		}
	}
}

func (l *list) read(from rowSource, run string) {
	if l.narrowed {
		at := min(l.from, len(l.found))
		l.rows = from.RowsAt(run, l.found[at:min(at+l.height, len(l.found))])
		return
	}
	if l.filter == everything {
		l.rows = from.Rows(run, l.from, l.height)
		return
	}
	l.rows, l.total = from.RowsWhere(run, l.filter.keep, l.from, l.height)
}

// selected is the selected row, or nil if it is not on the screen.
func (l *list) selected() *job.Row {
	if i := l.sel - l.from; i >= 0 && i < len(l.rows) {
		return &l.rows[i]
	}
	return nil
}

// move selects the row that is by rows below, and stops following.
func (l *list) move(by int) { l.pick(l.sel + by) }

// pick selects the i-th row, and stops following.
func (l *list) pick(i int) { l.follow, l.sel = false, max(i, 0) }

// edge selects the first row; or, if last, the newest one: the oldest unfinished row, which it follows.
func (l *list) edge(last bool) {
	l.follow, l.sel = last, 0
	if last && (l.narrowed || l.filter != everything) {
		l.follow, l.sel = false, l.total-1
	}
}

// show changes the filter.
func (l *list) show(f filter) {
	l.filter, l.follow = f, f == everything && !l.narrowed
	if f != everything {
		l.sel, l.from = 0, 0
	}
}
