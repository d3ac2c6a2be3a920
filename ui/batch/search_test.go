package batch

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"relaytop/state"
	"relaytop/state/job"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

func TestRowsAreSearchedAsOneTypes(t *testing.T) {
	f := &fake{rows: table(), focus: 3056}
	drive(t, f, over(running()), func(d *uitest.Driver, root *dialogs) {
		m := root.pane
		d.Press("/")
		if !m.Typing() || m.Cursor() == nil {
			t.Fatal("nothing is typed")
		}
		d.Type("Branda")
		d.Expect("0 of 5,000 rows")
		d.Press("backspace")
		d.Type("t")
		d.Expect("1 of 5,000 rows", "Guten Tag He")
		d.Refuse("Hola Marta")
		d.Press("enter")
		if m.Typing() {
			t.Error("enter does not end the typing")
		}
		d.Expect("Brandt", "1 of 5,000 rows", "Guten Tag He")
		d.Press("enter")
		d.Expect("row 3056")
		d.Press("esc", "esc")
		d.Expect("Hola Marta")
		if m.search.on() || m.list.narrowed || !m.list.follow {
			t.Error("esc does not show all rows again")
		}
	})
}

// TestAnOldSearchIsDropped: what is typed on stops the search before it, whose answer may still come.
func TestAnOldSearchIsDropped(t *testing.T) {
	f := &slowSearch{fake: fake{rows: table(), focus: 3056}}
	m := show(dress(t, "dark", style.Options{}), f, running(), 100, 30)
	m.search.text = "a"
	first := m.ask()
	m.search.text = "Brandt"
	second := m.ask()
	m.Update(second())
	found := m.list.total
	old := first()
	if f.ctxs[1].Err() == nil {
		t.Error("the earlier search goes on")
	}
	m.Update(old)
	if m.list.total != found || found == 0 {
		t.Errorf("%d rows after the answer of the earlier search, %d before it", m.list.total, found)
	}
}

// slowSearch keeps the contexts of its searches.
type slowSearch struct {
	fake
	ctxs []context.Context
}

func (f *slowSearch) Query(ctx context.Context, id string, q job.Query) ([]int32, error) {
	f.ctxs = append(f.ctxs, ctx)
	return f.fake.Query(context.Background(), id, q)
}

func TestRowsAreSorted(t *testing.T) {
	f := &fake{rows: all(), focus: 5000}
	drive(t, f, over(running()), func(d *uitest.Driver, root *dialogs) {
		m := root.pane
		var columns []job.Column
		for range 6 {
			d.Press("S")
			columns = append(columns, m.search.by)
		}
		if want := []job.Column{job.ByCost, job.ByTTFT, job.ByTokens, job.ByTime, job.ByStatus, job.ByRow}; !slices.Equal(
			columns, want) {
			t.Errorf("%v", columns)
		}
		d.Press("S", "S", "S")
		d.Expect("sorted by tokens")
		if r := m.list.rows[0]; r.Out != 102 || r.N != 3056 {
			t.Errorf("%+v is first", r)
		}
		d.Press("f", "f")
		if q := f.queries[len(f.queries)-1]; q.Keep == nil || q.Sort != job.ByTokens {
			t.Errorf("the filter is not part of the query: %+v", q)
		}
		d.Press("end")
		if m.list.sel != m.list.total-1 || m.list.follow {
			t.Errorf("at %d of %d", m.list.sel, m.list.total)
		}
	})
}

func TestASearchIsRepeatedOnlyWhileTheRunMoves(t *testing.T) {
	f := &fake{rows: table(), focus: 3056}
	drive(t, f, running(), func(d *uitest.Driver, root *dialogs) {
		d.Press("S")
		asked := len(f.queries)
		<-time.After(5 * searchEvery)
		d.Idle()
		if len(f.queries) != asked {
			t.Errorf("%d queries of a run that did not change", len(f.queries))
		}
		h := running()
		h.Version++
		root.pane.Refresh(&state.Snapshot{At: start, Run: h})
		<-time.After(2 * searchEvery)
		d.Idle()
		if len(f.queries) != asked+1 {
			t.Errorf("%d queries after a change, not %d", len(f.queries), asked+1)
		}
		h.Version++
		h.State = job.Paused
		root.pane.Refresh(&state.Snapshot{At: start, Run: h})
		<-time.After(2 * searchEvery)
		d.Idle()
		asked = len(f.queries)
		h.Version++
		root.pane.Refresh(&state.Snapshot{At: start, Run: h})
		<-time.After(5 * searchEvery)
		d.Idle()
		if len(f.queries) != asked {
			t.Error("a run that rests is searched again and again")
		}
	})
}

func TestOneRowIsRetriedOrSkipped(t *testing.T) {
	for _, c := range []struct {
		name, keys string
		row        int
		want       []string
	}{
		{"the cost is asked about", "t", 3066, nil},
		{"retry what failed", "t y", 3066, []string{"retry 0302-1411-kmzq row 3066"}},
		{"an answer is asked about", "t", 3055, nil},
		{"and sent again", "t y", 3055, []string{"retry 0302-1411-kmzq row 3055"}},
		{"not what is in flight", "t", 3057, nil},
		{"skip what is in flight", "d", 3057, []string{"skip 0302-1411-kmzq row 3057"}},
		{"skip what waits", "d", 4000, []string{"skip 0302-1411-kmzq row 4000"}},
		{"not what has an answer", "d", 3055, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &fake{rows: table(), focus: 3056}
			drive(t, f, running(), func(d *uitest.Driver, root *dialogs) {
				d.Send(goTo(c.row))
				for _, k := range c.keys {
					if k != ' ' {
						d.Press(string(k))
					}
				}
				if !slices.Equal(f.calls, c.want) {
					t.Errorf("%v, want %v", f.calls, c.want)
				}
			})
		})
	}
}

func TestTheSearchsScreens(t *testing.T) {
	for _, size := range sizes {
		f := &fake{rows: all(), focus: 5000}
		m := New(dress(t, "dark", style.Options{}), f)
		m.Resize(size[0], size[1])
		m.Focus(true)
		m.Refresh(&state.Snapshot{At: start, Run: over(running()), Runs: 1})
		m.startSearch()
		for _, r := range "moved" {
			if cmd := m.typed(uitest.Key(string(r))); cmd != nil {
				m.Update(queriedOf(m))
			}
		}
		uitest.Golden(t, fmt.Sprintf("search-%dx%d", size[0], size[1]), m.View())
	}
}

// queriedOf is the answer to the newest search of a pane.
func queriedOf(m *Model) queried {
	found, err := m.book.Query(context.Background(), "", job.Query{Text: m.search.text, Sort: m.search.by})
	return queried{m.search.serial, found, err}
}

// What is pasted while one types goes into the text that is searched for.
func TestAPasteIsSearchedFor(t *testing.T) {
	drive(t, &fake{rows: all(), focus: 5000}, over(running()), func(d *uitest.Driver, root *dialogs) {
		d.Press("/")
		d.Paste("Brandt")
		d.Expect("› Brandt", "1 of 5,000 rows")
	})
}

// TestTheKeysOfTheSearchLine: those that are not text are in the footer while one types, and only then.
func TestTheKeysOfTheSearchLine(t *testing.T) {
	m := show(dress(t, "dark", style.Options{}), &fake{rows: table(), focus: 3056}, running(), 78, 19)
	keys := func() (list []string) {
		for i := range m.Actions() {
			if a := &m.Actions()[i]; a.Typing && a.On() {
				list = append(list, a.Key(true)+" "+a.Word())
			}
		}
		return list
	}
	if got := keys(); len(got) > 0 {
		t.Errorf("without a search line: %q", got)
	}
	m.Update(uitest.Key("/"))
	if got := keys(); !slices.Equal(got, []string{"enter choose a row", "esc all rows"}) {
		t.Errorf("%q", got)
	}
	if m.Update(uitest.Key("enter")); m.Typing() {
		t.Error("enter does not end the typing")
	}
}
