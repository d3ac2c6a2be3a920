package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/job"
	"relaytop/themes"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

// leaver is a root with nothing but its exit and the dialogs.
type leaver struct {
	exit  exit
	stack *overlay.Stack
	runs  []job.Header
}

// frame is a frame in which the runs are these.
type frame []job.Header

func (l *leaver) Init() tea.Cmd { return nil }

func (l *leaver) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if cmd, taken := l.stack.Update(msg); taken {
		return l, cmd
	}
	switch msg := msg.(type) {
	case endMsg:
		return l, l.exit.end(msg)
	case frame:
		l.runs = msg
		l.stack.Refresh()
	case tea.KeyPressMsg:
		return l, l.exit.quit(func() []job.Header { return l.runs })
	}
	return l, nil
}

func (l *leaver) View() tea.View {
	return tea.NewView(l.stack.Over(strings.Repeat(strings.Repeat(" ", 80)+"\n", 23)+strings.Repeat(" ", 80), 80, 24))
}

// leaving runs a test on a root with the given runs.
func leaving(t *testing.T, runs []job.Header, do func(*uitest.Driver, *leaver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		theme, err := themes.Load("dark")
		if err != nil {
			t.Fatal(err)
		}
		l := &leaver{stack: overlay.NewStack(&pane.Env{Styles: style.New(theme, style.Options{})}), runs: runs}
		do(uitest.Start(t, l, 80, 24), l)
	})
}

func busy() job.Header {
	return job.Header{ID: "0302-1411-kmzq", Input: "replies.csv", State: job.Running, Rows: 5000, OK: 3062, InFlight: 9,
		Writing: 1, Queued: 1928}
}

func TestQuittingWhileABatchRunsAsks(t *testing.T) {
	for key, want := range map[string]struct {
		quits bool
		how   Ending
	}{"s": {true, DrainRuns}, "k": {true, KeepRuns}, "esc": {}, "enter": {}, "q": {}} {
		leaving(t, []job.Header{busy()}, func(d *uitest.Driver, l *leaver) {
			d.Press("q")
			d.Expect("replies.csv is still running: 3,062 of 5,000 rows are done", "stop after the rows in flight",
				"10 rows finish; the others are sent when the run is resumed", "keep it going in this terminal", "stay")
			if d.Quit() {
				t.Fatal("it quits unasked")
			}
			d.Press(key)
			if d.Quit() != want.quits || l.exit.ending != want.how {
				t.Errorf("%s: quits %v with %d, want %v with %d", key, d.Quit(), l.exit.ending, want.quits, want.how)
			}
			d.Refuse("stop after")
		})
	}
	leaving(t, []job.Header{busy()}, func(d *uitest.Driver, _ *leaver) {
		d.Press("q")
		d.Golden("quit-80x24")
		d.Press("up")
		d.Press("enter")
		if !d.Quit() {
			t.Error("enter does not take what was chosen")
		}
	})
}

func TestTheSecondRequestToQuitIsNotAskedAbout(t *testing.T) {
	leaving(t, []job.Header{busy()}, func(d *uitest.Driver, l *leaver) {
		d.Press("q")
		d.Press("esc")
		d.Press("q")
		if !d.Quit() || l.exit.ending != StopRuns {
			t.Errorf("quits %v with %d", d.Quit(), l.exit.ending)
		}
	})
	leaving(t, []job.Header{busy()}, func(d *uitest.Driver, _ *leaver) {
		d.Press("q")
		d.Press("esc")
		<-time.After(twice)
		d.Press("q")
		if d.Quit() {
			t.Error("a request long before counts as the first of two")
		}
	})
}

// TestNothingIsAskedIfNothingIsCut: what another process runs, what rests, and what a provider has goes on without
// the dashboard, or does not go on with it.
func TestNothingIsAskedIfNothingIsCut(t *testing.T) {
	watched, paused, finished, away := busy(), busy(), busy(), busy()
	watched.ReadOnly = true
	paused.State, finished.State = job.Paused, job.Finished
	away.Carrier, away.Provider.Open, away.InFlight = job.ByProvider, 1, 0
	leaving(t, []job.Header{watched, paused, finished, away}, func(d *uitest.Driver, _ *leaver) {
		d.Press("q")
		if !d.Quit() {
			t.Error("it asks")
		}
	})
	leaving(t, []job.Header{finished, busy(), busy()}, func(d *uitest.Driver, _ *leaver) {
		d.Press("q")
		d.Expect("2 batches are still running: replies.csv 3,062 of 5,000", "20 rows finish")
	})
}

// TestTheQuestionFollowsTheRuns: it counts on while it is open, and when nothing is left to cut it says so.
func TestTheQuestionFollowsTheRuns(t *testing.T) {
	leaving(t, []job.Header{busy()}, func(d *uitest.Driver, l *leaver) {
		d.Press("q")
		d.Press("up") // k is chosen
		h := busy()
		h.OK, h.InFlight = 3100, 4
		d.Send(frame{h})
		d.Expect("3,100 of 5,000 rows are done", "5 rows finish")
		h.State, h.OK, h.InFlight, h.Writing = job.Finished, 5000, 0, 0
		d.Send(frame{h})
		d.Expect("Every batch has come to rest", "quit", "stay")
		d.Refuse("keep it going", "still running")
		if d.Press("s"); !d.Quit() || l.exit.ending != StopRuns {
			t.Errorf("quits %v with %d", d.Quit(), l.exit.ending)
		}
	})
}
