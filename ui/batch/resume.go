package batch

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/job"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/widget"
)

// intent is how a run that rests is to go on.
type intent struct {
	what   string // in words, for "could not ..."
	does   string // the hint of enter
	failed bool   // the failed rows are sent again
	row    int    // the number of a row that is sent again; 0: none
	// replaces says that the row has an answer
	replaces bool
	do       func(id string) error
	done     string  // is said once it goes on; "": nothing is
	then     tea.Msg // is delivered once it goes on; nil: nothing is
}

// holder opens a run without sending anything, sets what it may do, and closes it if it is not to go on.
type holder interface {
	Hold(ctx context.Context, id string) (job.Header, error)
	Release(id string) error
	RowCost(id string, n int) (job.RowCost, error)
	Resize(id string, n int)
	SetBudget(id string, budget relay.Money) error
}

// resumption is the dialog before a run goes on: what will be sent, and what it may cost.
type resumption struct {
	env     *pane.Env
	runs    holder
	intent  *intent
	run     job.Header
	row     job.RowCost // of the row that is sent again, if there is one
	reading bool        // the input and the journal of the run
	err     error       // why it can't go on
	stop    context.CancelFunc
	release tea.Cmd // what opened the run is undone; nil: nothing was opened

	budget  relay.Money
	atOnce  int
	edit    *edit
	problem string // why the last key did nothing
}

// The dialog's own messages.
type (
	held struct {
		to  *resumption
		run job.Header
		row job.RowCost
		err error
	}
	accepted string // the id of a run
)

// goOn lets the shown run go on. Where that costs money it shows first what will be sent, unless the person has only
// paused what was accepted before.
func (m *Model) goOn(i *intent) tea.Cmd {
	h := &m.run
	if m.seen.demo || !i.failed && i.row == 0 && (m.launch.agreed[h.ID] && h.Stopped == job.StopUser || away(h)) {
		return m.doThen(i.what, i.do, i.done)
	}
	d := &resumption{env: m.env, runs: m.book, intent: i, run: *h, budget: h.Budget, atOnce: h.Concurrency,
		stop: func() {}}
	switch h.State {
	case job.Paused, job.Cancelled, job.Finished: // its file may have other rows now
	case "", job.Reading, job.Running, job.Pausing, job.Finishing, job.Broken, job.Damaged:
		return overlay.Open(d)
	}
	ctx, stop := context.WithCancel(context.Background())
	d.stop, d.reading = stop, true
	id, runs := h.ID, m.book
	d.release = func() tea.Msg {
		if err := runs.Release(id); err != nil {
			return pane.ToastMsg{Level: state.Bad, Text: "could not close the run: " + err.Error()}
		}
		return nil
	}
	return tea.Sequence(overlay.Open(d), func() tea.Msg {
		run, err := runs.Hold(ctx, id)
		if ctx.Err() != nil { // the dialog was closed meanwhile, before there was a run to release
			return d.release()
		}
		to := held{to: d, run: run, err: err}
		if i.row > 0 && err == nil {
			to.row, to.err = runs.RowCost(id, i.row)
		}
		return to
	})
}

// Update takes the keys, and what was read.
func (d *resumption) Update(msg tea.Msg) (bool, tea.Cmd) {
	switch m := msg.(type) {
	case held:
		if m.to != d {
			return false, nil
		}
		d.reading, d.err = false, m.err
		if m.err == nil {
			d.run, d.row, d.budget, d.atOnce = m.run, m.row, m.run.Budget, m.run.Concurrency
		}
	case tea.KeyPressMsg:
		d.problem = ""
		if d.edit != nil {
			return false, d.write(m)
		}
		return d.press(m.String())
	case tea.PasteMsg:
		if d.edit != nil {
			_, cmd := d.edit.line.Update(m)
			return false, cmd
		}
	}
	return false, nil
}

func (d *resumption) press(key string) (bool, tea.Cmd) {
	switch key {
	case "esc", "q", "ctrl+c":
		d.stop()
		return true, d.release
	case "enter":
		if d.problem = d.blocked(); d.problem != "" {
			return false, nil
		}
		return true, d.accept()
	case "+", "=":
		d.atOnce++
	case "-":
		d.atOnce = max(d.atOnce-1, 1)
	case "$":
		d.edit = newBudgetEdit(d.budget)
	}
	return false, nil
}

// write handles a key while the budget is edited.
func (d *resumption) write(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc", "ctrl+c":
		d.edit = nil
		return nil
	case "enter", "tab":
		m, err := amount(d.edit.line.Value())
		if err != nil {
			d.problem = err.Error()
			return nil
		}
		d.budget, d.edit = m, nil
		return nil
	}
	_, cmd := d.edit.line.Update(k)
	return cmd
}

// blocked is why the run can't go on as it is; "" if it can.
func (d *resumption) blocked() string {
	switch {
	case d.reading:
		return "the run is still being read"
	case d.err != nil:
		return sentence(d.err)
	case d.run.State == job.Broken && d.run.Stopped == job.StopInput:
		return "its file can't be used"
	case d.rows() == 0:
		return "no row is left to send"
	case d.budget > 0 && d.budget <= d.run.Cost:
		return "the budget is spent: $ raises it"
	}
	return ""
}

// accept lets the run go on, with what was changed.
func (d *resumption) accept() tea.Cmd {
	id, runs, i := d.run.ID, d.runs, d.intent
	resize, limit := d.atOnce != d.run.Concurrency, d.budget != d.run.Budget
	atOnce, budget, release := d.atOnce, d.budget, d.release
	goOn := func() tea.Msg {
		err := error(nil)
		if resize {
			runs.Resize(id, atOnce)
		}
		if limit {
			err = runs.SetBudget(id, budget)
		}
		if err == nil {
			err = i.do(id)
		}
		if err != nil {
			if release != nil {
				release()
			}
			return pane.ToastMsg{Level: state.Bad, Text: "could not " + i.what + ": " + err.Error()}
		}
		if i.done != "" {
			return tea.BatchMsg{func() tea.Msg { return accepted(id) }, pane.Toast(state.Info, i.done)}
		}
		return accepted(id)
	}
	if i.then == nil {
		return goOn
	}
	return tea.Sequence(goOn, func() tea.Msg { return i.then })
}

// rows is how many rows will be sent.
func (d *resumption) rows() int {
	n := d.run.Rows - d.run.Done()
	if d.intent.failed {
		n += d.run.Failed
	}
	if d.intent.row > 0 {
		n++
	}
	return n
}

// Hints are the keys of the dialog.
func (d *resumption) Hints() []widget.Hint {
	if d.edit != nil {
		return d.edit.hints()
	}
	var hints []widget.Hint
	if d.blocked() == "" {
		hints = append(hints, widget.Hint{Key: "enter", Does: d.intent.does})
	}
	if !d.reading && d.err == nil {
		hints = append(hints, widget.Hint{Key: "$", Does: "budget"}, widget.Hint{Key: "+/-", Does: "concurrency"})
	}
	return append(hints, widget.Hint{Key: "esc", Does: "back"})
}

// Cursor is that of the budget while it is edited.
func (d *resumption) Cursor() *tea.Cursor {
	return d.edit.cursor()
}
