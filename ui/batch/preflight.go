package batch

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/job"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// demoSeconds is how long the pre-flight of the sample is shown in the demo before it starts by itself.
const demoSeconds = 3

// planner reads an input and says what a run of it would do. It sends nothing.
type planner interface {
	Preflight(context.Context, job.Options) (job.Plan, error)
	// PreflightSoon is Preflight that reads for a bounded time. Its plan may say that there is more.
	PreflightSoon(context.Context, job.Options) (job.Plan, error)
	// BatchAPI asks the relays of a model whether they have batches.
	BatchAPI(ctx context.Context, model string) job.BatchAPI
}

// preflight is the dialog before a run: what it will send, cost and take. Nothing is sent before enter.
type preflight struct {
	env  *pane.Env
	runs planner
	o    job.Options
	seen seen

	input   planned
	batches batches
	serial  int // counts the readings of the input: a stale one is dropped
	reading bool
	stop    context.CancelFunc // ends the reading

	edit    *edit  // the field that is being edited; nil: none
	problem string // why the last key did nothing
	seconds int    // until the sample starts by itself; 0: it waits for enter
}

// seen is what the pane took from the last snapshot beside the run.
type seen struct {
	at         time.Time
	runs       int // number of runs
	demo       bool
	limits     []relay.Allowance
	ttft, tpot time.Duration // medians of this session; 0: nothing was answered yet
}

// latency is what a row with so many tokens of output likely takes; 0: not known.
func (s *seen) latency(output int64) time.Duration {
	if s.ttft <= 0 {
		return 0
	}
	return s.ttft + time.Duration(output)*s.tpot
}

// look takes a snapshot.
func (s *seen) look(snap *state.Snapshot) {
	s.at, s.runs = snap.At, snap.Runs
	s.demo, s.limits = snap.Demo, snap.Limits
	s.ttft, s.tpot = snap.Spent.TTFT.P50, snap.Spent.TPOT.P50
}

// The dialog's own messages.
type (
	planned struct {
		to     *preflight
		serial int
		plan   job.Plan
		err    error
		rest   tea.Cmd // reads to the end of the input; nil: that was read
	}
	countdown struct{ to *preflight }
	forced    struct{ to *preflight }
)

// preflight shows what a run would do, before it is started.
func (m *Model) preflight(o job.Options) tea.Cmd {
	p := &preflight{env: m.env, runs: m.book, o: o, seen: m.seen}
	if p.seen.demo && o.Sample { // a file that a person opens waits for enter
		p.seconds = demoSeconds
	}
	return tea.Sequence(overlay.Open(p), tea.Batch(p.read(), p.ask()))
}

// read reads the input, as it would be sent with the options as they are now.
func (p *preflight) read() tea.Cmd {
	if p.stop != nil {
		p.stop()
	}
	ctx, stop := context.WithCancel(context.Background())
	p.stop, p.reading = stop, true
	p.serial++
	serial, o, runs := p.serial, p.o, p.runs
	return func() tea.Msg {
		plan, err := runs.PreflightSoon(ctx, o)
		soon := planned{to: p, serial: serial, plan: plan, err: err}
		if err == nil && plan.More {
			soon.rest = func() tea.Msg {
				plan, err := runs.Preflight(ctx, o)
				return planned{to: p, serial: serial, plan: plan, err: err}
			}
		}
		return soon
	}
}

// Update takes the keys, and what was read.
func (p *preflight) Update(msg tea.Msg) (bool, tea.Cmd) {
	switch m := msg.(type) {
	case planned:
		if m.to == p && m.serial == p.serial {
			p.input, p.reading = m, false
			return false, tea.Batch(p.tick(), m.rest)
		}
	case batches:
		if m.to == p && m.model == p.o.Model {
			p.batches = m
		}
	case countdown:
		if m.to == p && p.seconds > 0 {
			if p.seconds--; p.seconds == 0 && p.blocked() == "" {
				return p.start()
			}
			return false, p.tick()
		}
	case forced:
		if m.to == p {
			p.o.Force = true
			return false, nil
		}
	case tea.KeyPressMsg:
		p.problem = ""
		if p.edit != nil {
			return false, p.write(m)
		}
		return p.press(m.String())
	case tea.PasteMsg:
		if p.edit != nil {
			_, cmd := p.edit.line.Update(m)
			return false, cmd
		}
	}
	return false, nil
}

// tick waits a second of the demo's countdown.
func (p *preflight) tick() tea.Cmd {
	if p.seconds == 0 || p.reading {
		return nil
	}
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return countdown{p} })
}

func (p *preflight) press(key string) (bool, tea.Cmd) {
	if key == "enter" {
		if p.problem = p.blocked(); p.problem != "" {
			return false, nil
		}
		return p.start()
	}
	p.seconds = 0 // who presses a key wants to read or change something
	switch key {
	case "esc", "q", "ctrl+c":
		p.stop()
		return true, nil
	case "m", "c", "$", "o", "t":
		p.begin(key)
	case "space":
		p.turnHow()
	case "+", "=", "-":
		n := p.concurrency() + 1
		if key == "-" {
			n -= 2
		}
		p.o.Concurrency = max(n, 1)
	case "b":
		p.o.StopOnBad = !p.o.StopOnBad
	case "a":
		p.o.AllowDuplicate = !p.o.AllowDuplicate && p.input.plan.Repeats > 0
	case "u":
		p.o.BudgetUnknown = !p.o.BudgetUnknown && len(p.input.plan.Unpriced) > 0
	case "v":
		return false, p.showBad()
	case "w":
		return false, p.overwrite()
	case "g":
		if p.inTheWay() {
			p.stop()
			o := p.o
			o.Resume = "last"
			return true, chosen(o)
		}
	}
	return false, nil
}

func (p *preflight) start() (bool, tea.Cmd) {
	p.stop()
	return true, chosen(p.o)
}

// blocked is why the run can't start as it is; "" if it can.
func (p *preflight) blocked() string {
	plan := &p.input.plan
	switch {
	case p.reading:
		return "the file is still being read"
	case p.input.err != nil:
		return sentence(p.input.err)
	case plan.Good == 0:
		return "no row can be sent"
	case p.o.StopOnBad && plan.BadRows > 0:
		return widget.Count(int64(plan.BadRows)) + " bad " + text.Plural(plan.BadRows, "row") +
			": b skips them, or mend the file"
	case plan.Repeats > 0 && !p.o.AllowDuplicate:
		return "ids occur twice: a accepts them, or make them differ"
	case p.inTheWay():
		return text.Truncate(text.Line(base(plan.Out)), 30) + " is there: g goes on with its run, w overwrites it"
	case p.o.Budget > 0 && len(plan.Unpriced) > 0 && !p.o.BudgetUnknown:
		return "the budget can't hold a model without a price: u sends it anyway, m chooses another"
	}
	c := p.costs()
	switch {
	case p.o.Budget <= 0 || !c.priced:
	case p.provider() && p.o.Budget < c.most:
		return "a provider's batch can't be stopped by the budget, which does not cover its worst case: $ raises it"
	case p.o.Budget < c.least:
		return "the budget does not cover the input: $ raises it"
	}
	return ""
}

// inTheWay reports whether the output of an earlier run would be overwritten.
func (p *preflight) inTheWay() bool { return p.input.plan.OutExists && !p.o.Force }

func (p *preflight) concurrency() int {
	if p.o.Concurrency > 0 {
		return p.o.Concurrency
	}
	return max(p.input.plan.Concurrency, 1)
}

// showBad lists the rows that can't be sent.
func (p *preflight) showBad() tea.Cmd {
	plan := &p.input.plan
	if plan.BadRows == 0 {
		return nil
	}
	var b strings.Builder
	for _, bad := range plan.Bad {
		b.WriteString("line " + widget.Count(int64(bad.Line)) + ": " + text.Line(bad.Reason) + "\n")
	}
	if more := plan.BadRows - len(plan.Bad); more > 0 {
		b.WriteString(widget.Count(int64(more)) + " more\n")
	}
	return overlay.Open(overlay.Message("bad rows", name(&job.Header{Input: plan.Input}), b.String()))
}

// overwrite asks before the output of an earlier run is lost.
func (p *preflight) overwrite() tea.Cmd {
	if !p.inTheWay() {
		return nil
	}
	return overlay.Open(confirmOverwrite(p.input.plan.Out, func() tea.Msg { return forced{p} }))
}

// Hints are the keys of the dialog.
func (p *preflight) Hints() []widget.Hint {
	if p.edit != nil {
		return p.edit.hints()
	}
	var hints []widget.Hint
	switch {
	case p.input.err != nil:
		hints = []widget.Hint{{Key: "t", Does: "template"}}
	case p.input.to != nil:
		if p.blocked() == "" {
			hints = []widget.Hint{{Key: "enter", Does: "start"}}
		}
		if p.batches.available() {
			hints = append(hints, widget.Hint{Key: "space", Does: "how"})
		}
		hints = append(hints, widget.Hint{Key: "m", Does: "model"}, widget.Hint{Key: "$", Does: "budget"})
		if !p.provider() {
			hints = append(hints, widget.Hint{Key: "+/-", Does: "concurrency"})
		}
		hints = append(hints, widget.Hint{Key: "o", Does: "output"}, widget.Hint{Key: "t", Does: "template"})
		if p.input.plan.BadRows > 0 {
			hints = append(hints, widget.Hint{Key: "b", Does: "bad rows"})
		}
	}
	return append(hints, widget.Hint{Key: "esc", Does: "back"})
}

// Cursor is that of the field that is being edited.
func (p *preflight) Cursor() *tea.Cursor {
	return p.edit.cursor()
}
