package batch

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/job"
	"relaytop/ui/overlay"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// searchEvery is how often a search is repeated while the run moves.
const searchEvery = time.Second

// finder searches and sorts the rows of a run. Query may wait for the disk, RowsAt answers from memory.
type finder interface {
	Query(ctx context.Context, id string, q job.Query) ([]int32, error)
	RowsAt(id string, at []int32) []job.Row
}

// search is what the rows are narrowed to, and what they are sorted by.
type search struct {
	line *overlay.Line // while the text is typed; nil: it is not
	text string
	by   job.Column

	serial  int // counts the searches: a stale reply is dropped
	stop    context.CancelFunc
	pending bool
	ticks   bool   // the search will be repeated
	version uint64 // of the run that was searched
	err     error
}

// on reports whether the rows are searched or sorted.
func (s *search) on() bool { return s.text != "" || s.by != job.ByRow }

type (
	queried struct {
		serial int
		found  []int32
		err    error
	}
	searchTick int // serial of the search that asked for it
)

// searchRest is what of a line is not for the text that is searched for: its mark, and how many rows were found.
const searchRest = 30

// ask searches the rows again, as they are now.
func (m *Model) ask() tea.Cmd {
	s := &m.search
	if s.stop != nil {
		s.stop()
	}
	s.serial++
	if !s.on() {
		s.pending, s.ticks = false, false
		m.list.narrow(nil, false)
		m.load()
		return nil
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop, s.pending, s.version = stop, true, m.run.Version
	m.drawn.stale = true
	serial, id, book, q := s.serial, m.run.ID, m.book, job.Query{Text: s.text, Sort: s.by}
	if f := m.list.filter; f != everything {
		q.Keep = f.keep
	}
	return func() tea.Msg {
		found, err := book.Query(ctx, id, q)
		return queried{serial, found, err}
	}
}

// found takes the answer of ask, and repeats it while the run moves.
func (m *Model) found(msg queried) tea.Cmd {
	s := &m.search
	if msg.serial != s.serial {
		return nil
	}
	s.pending, s.err = false, msg.err
	if msg.err == nil {
		m.list.narrow(msg.found, true)
	}
	m.load()
	s.ticks = m.run.State.Moves()
	if !s.ticks {
		return nil
	}
	return tea.Tick(searchEvery, func(time.Time) tea.Msg { return searchTick(msg.serial) })
}

// again repeats the search if the run changed.
func (m *Model) again(serial int) tea.Cmd {
	s := &m.search
	switch {
	case serial != s.serial || !s.on():
		return nil
	case m.run.Version != s.version:
		return m.ask()
	}
	return tea.Tick(searchEvery, func(time.Time) tea.Msg { return searchTick(serial) })
}

// startSearch begins to type what is searched for.
func (m *Model) startSearch() tea.Cmd {
	where := "in ids, prompts, answers and errors"
	if text.Width(where) > m.w-searchRest {
		where = "in all of a row"
	}
	m.search.line = overlay.NewLine(m.search.text, where)
	m.load()
	return nil
}

// typed handles a key while the text is typed.
func (m *Model) typed(msg tea.Msg) tea.Cmd {
	s := &m.search
	if k, ok := msg.(tea.KeyPressMsg); ok {
		switch k.String() {
		case "enter", "tab", "down":
			return m.chooseFound()
		case "esc":
			return m.endSearch()
		}
	}
	changed, cmd := s.line.Update(msg)
	m.drawn.stale = true
	if !changed {
		return cmd
	}
	s.text = s.line.Value()
	return tea.Batch(cmd, m.ask())
}

// chooseFound gives the keys back to the rows that were found.
func (m *Model) chooseFound() tea.Cmd {
	m.search.line = nil
	m.load()
	return nil
}

// unlessTyped says why a key of the search line is off.
func (s *search) unlessTyped() string {
	if s.line == nil {
		return "nothing is searched for"
	}
	return ""
}

// endSearch shows all rows again, in their order.
func (m *Model) endSearch() tea.Cmd {
	m.search.line, m.search.text, m.search.by, m.search.err = nil, "", job.ByRow, nil
	return m.ask()
}

// turnSort goes on to the next column to sort by.
func (m *Model) turnSort() tea.Cmd {
	m.search.by = (m.search.by + 1) % job.Columns
	return m.ask()
}

// narrow shows the rows that were found; off: all of them. The selected row stays selected if it is among them.
func (l *list) narrow(found []int32, on bool) {
	if !on {
		if l.narrowed {
			l.follow = l.filter == everything
		}
		l.found, l.narrowed = nil, false
		return
	}
	at := 0
	if r := l.selected(); r != nil && l.narrowed {
		at = max(slices.Index(found, int32(r.N-1)), 0)
	}
	l.found, l.narrowed, l.follow, l.sel = found, true, false, at
}

// searchLine is what is searched for and how many rows have it, in place of the filters while it is typed.
func (p *page) searchLine(w int) string {
	st, s := p.st, p.search
	return widget.Spread(s.line.View(st, max(w-searchRest+4, 8)), p.hits(), w)
}

// hits says how many rows were found.
func (p *page) hits() string {
	st, s := p.st, p.search
	switch {
	case s.err != nil:
		return st.Error.Paint("could not search")
	case s.pending && !p.list.narrowed:
		return st.Muted.Paint("searching")
	case p.list.narrowed && s.text != "":
		return st.Text.Paint(widget.Count(int64(len(p.list.found)))) +
			st.Muted.Paint(" of "+widget.Count(int64(p.run.Rows))+" rows")
	}
	return ""
}
