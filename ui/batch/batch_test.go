package batch

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/state/job/input"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

// The clock of the regular expressions that colour code ends by itself.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}

// dialogs is the pane with a stack of dialogs over it, as the root has it.
type dialogs struct {
	pane  *Model
	stack *overlay.Stack
	toast string

	copied string
}

func (d *dialogs) Init() tea.Cmd { return nil }
func (d *dialogs) View() tea.View {
	base := d.pane.View()
	if !d.stack.Empty() {
		base = d.stack.Over(base, d.pane.w, d.pane.h)
	}
	return tea.NewView(base)
}
func (d *dialogs) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if t, ok := msg.(pane.ToastMsg); ok {
		d.toast = t.Text
	}
	if c, ok := msg.(pane.CopyMsg); ok {
		d.copied = c.Text
	}
	cmd, taken := d.stack.Update(msg)
	if taken {
		return d, cmd
	}
	return d, tea.Batch(cmd, d.pane.Update(msg))
}

// drive puts a pane with a store into the driver.
func drive(t *testing.T, s Runs, h job.Header, do func(d *uitest.Driver, root *dialogs)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		env := dress(t, "dark", style.Options{})
		root := &dialogs{pane: show(env, s, h, 100, 30), stack: overlay.NewStack(env)}
		do(uitest.Start(t, root, 100, 30), root)
	})
}

func TestKeysSteerTheRun(t *testing.T) {
	for _, c := range []struct {
		name, keys string
		state      job.State
		want       []string
	}{
		{"pause", "space", job.Running, []string{"pause 0302-1411-kmzq"}},
		{"resume", "space enter", job.Paused, []string{"hold 0302-1411-kmzq", "resume 0302-1411-kmzq"}},
		{"resume, then not", "space esc", job.Paused,
			[]string{"hold 0302-1411-kmzq", "release 0302-1411-kmzq"}},
		{"resume what was cancelled", "space enter", job.Cancelled,
			[]string{"hold 0302-1411-kmzq", "resume 0302-1411-kmzq"}},
		{"nothing is left of a finished run", "space + - x", job.Finished, nil},
		{"concurrency", "+ -", job.Running, []string{"resize 0302-1411-kmzq 11", "resize 0302-1411-kmzq 9"}},
		{"retry", "R enter", job.Finished, []string{"hold 0302-1411-kmzq", "retry 0302-1411-kmzq"}},
		{"retry, then not", "R esc", job.Finished, []string{"hold 0302-1411-kmzq", "release 0302-1411-kmzq"}},
		{"retry while it runs, then not", "R esc", job.Running, nil},
		{"no retry while the output is written", "R", job.Finishing, nil},
		{"cancel, then not", "x n", job.Running, nil},
		{"enter alone does not cancel", "x enter", job.Running, nil},
		{"cancel", "x y", job.Running, []string{"cancel 0302-1411-kmzq"}},
		{"the sample waits for the run", "s", job.Running, nil},
		{"the sample", "s enter", job.Finished, []string{"plan ", "start "}},
		{"the sample, then not", "s esc", job.Finished, []string{"plan "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &fake{rows: table(), focus: 3056, plan: reviews}
			h := running()
			h.State = c.state
			f.held = h
			drive(t, f, h, func(d *uitest.Driver, _ *dialogs) {
				d.Press(strings.Fields(c.keys)...)
				if !slices.Equal(f.calls, c.want) {
					t.Errorf("%v, want %v", f.calls, c.want)
				}
			})
		})
	}
}

func TestARunOfAnotherProcessIsOnlyWatched(t *testing.T) {
	f := &fake{rows: table()}
	h := running()
	h.ReadOnly = true
	drive(t, f, h, func(d *uitest.Driver, _ *dialogs) {
		d.Press("space", "+", "x", "R")
		if len(f.calls) > 0 {
			t.Errorf("%v", f.calls)
		}
		d.Expect("another process runs it: you can only watch")
	})
}

func TestCancelSaysWhatIsLost(t *testing.T) {
	drive(t, &fake{rows: table()}, running(), func(d *uitest.Driver, _ *dialogs) {
		d.Press("x")
		d.Expect("Cancel replies.csv?", "3,062 of 5,000 rows", "10 in flight are stopped", "1,928 queued are not sent")
	})
}

func TestAFailedActionIsAToast(t *testing.T) {
	drive(t, &fake{rows: table(), fail: job.ErrLocked}, running(), func(d *uitest.Driver, root *dialogs) {
		d.Press("space")
		if root.toast != "could not pause the run: another process runs it" {
			t.Errorf("%q", root.toast)
		}
	})
}

func TestAnOutputInTheWay(t *testing.T) {
	f := &fake{fail: &job.ExistsError{Path: "/tmp/a.out.jsonl"}, plan: reviews}
	drive(t, f, job.Header{}, func(d *uitest.Driver, root *dialogs) {
		d.Send(startMsg{Input: "/tmp/a.jsonl"})
		d.Expect("The run did not start", "a.out.jsonl is there already", "go on with its newest run")
		d.Refuse("--force")
		d.Press("w")
		d.Expect("Overwrite the output a.jsonl?")
		f.fail = nil
		d.Press("y")
		d.Expect("before it starts")
		d.Press("enter")
		if last := f.opts[len(f.opts)-1]; !last.Force || last.Input != "/tmp/a.jsonl" || len(f.opts) != 2 {
			t.Errorf("started with %+v", f.opts)
		}
		d.Refuse("did not start")
	})
	f = &fake{fail: &job.ExistsError{Path: "/tmp/a.out.jsonl"}}
	drive(t, f, job.Header{}, func(d *uitest.Driver, root *dialogs) {
		d.Send(startMsg{Input: "/tmp/a.jsonl"})
		f.fail = nil
		d.Press("c")
		if last := f.opts[len(f.opts)-1]; last.Resume != "last" || last.Force {
			t.Errorf("started with %+v", last)
		}
	})
}

func TestRefusalsAreSentences(t *testing.T) {
	for _, c := range []struct{ err, want string }{
		{"there is no file /a/b.csv: check the name and the folder",
			"There is no file /a/b.csv: check the name and the folder."},
		{"/a is a folder: name a file in it", "/a is a folder: name a file in it."},
		{"b.csv is empty: give it one prompt a line", "B.csv is empty: give it one prompt a line."},
	} {
		if got := sentence(input.Unusable("%s", c.err)); !strings.EqualFold(got, c.want) ||
			strings.Contains(got, "unusable") {
			t.Errorf("%q", got)
		}
	}
}

func TestAStaleAnswerIsDropped(t *testing.T) {
	m := New(dress(t, "dark", style.Options{}), &fake{})
	m.Resize(80, 20)
	m.Update(startMsg{Input: "/tmp/a.csv"})
	m.Update(startMsg{Input: "/tmp/b.csv"})
	m.Update(started{serial: 1, err: job.ErrInput})
	if s := ansi.Strip(m.View()); !strings.Contains(s, "opening b.csv") {
		t.Errorf("the answer to the first start was taken for the second's:\n%s", s)
	}
}

func TestAResumeWithNothingLeftSaysSo(t *testing.T) {
	env := dress(t, "dark", style.Options{})
	h := over(running())
	if s := ansi.Strip(show(env, &fake{rows: table()}, h, 100, 30).View()); strings.Contains(s, "nothing was left") {
		t.Errorf("it was not resumed:\n%s", s)
	}
	h.NothingLeft = true
	if s := ansi.Strip(show(env, &fake{rows: table()}, h, 100, 30).View()); !strings.Contains(s,
		"nothing was left to send  written to") {
		t.Errorf("it does not say so:\n%s", s)
	}
}

func TestNoFullPercentageBeforeTheOutputIsWritten(t *testing.T) {
	h := job.Header{Rows: 100_000, OK: 99_999, State: job.Running}
	for _, c := range []struct {
		state job.State
		ok    int
		want  string
	}{{job.Running, 99_999, "99.9%"}, {job.Running, 100_000, "99.9%"}, {job.Finishing, 100_000, "99.9%"},
		{job.Finished, 100_000, "100.0%"}, {job.Running, 0, "0.0%"}} {
		h.State, h.OK = c.state, c.ok
		if got := share(&h); got != c.want {
			t.Errorf("%d rows, %s: %s, want %s", c.ok, c.state, got, c.want)
		}
	}
}

// limited is a run of which most rows wait behind our own limit.
func limited() (job.Header, []job.Row) {
	rows := table()
	h := running()
	for i := range rows {
		if r := &rows[i]; r.Outcome == job.RowStreaming || r.Outcome == job.RowWaiting {
			*r = job.Row{N: r.N, ID: r.ID, Model: r.Model, Outcome: job.RowHeld,
				Reason: "our own limit of 30 requests a minute at relay", Until: start.Add(19 * time.Second)}
			h.InFlight--
			h.Held++
		}
	}
	rows[3056].Reason, rows[3056].Until = "relay: 10 of 10 requests in flight", time.Time{}
	return h, rows
}

func TestWaitsAreReadable(t *testing.T) {
	h, rows := limited()
	for i := range rows {
		if rows[i].Outcome == job.RowRetrying {
			rows[i].Until = start.Add(119 * time.Second)
		}
	}
	for _, size := range sizes {
		m := show(dress(t, "dark", style.Options{}), &fake{rows: rows, focus: 3064}, h, size[0], size[1])
		s := ansi.Strip(m.View())
		for _, want := range []string{"○ held 19 s", "↻ retry 119 s", "our own limit of"} {
			if !strings.Contains(s, want) {
				t.Errorf("%v has no %q:\n%s", size, want, s)
			}
		}
		if size[0] < 156 && !strings.Contains(s, "● 0") {
			t.Errorf("%v: rows that are held back count as in flight:\n%s", size, s)
		}
	}
	m := show(dress(t, "dark", style.Options{}), &fake{rows: rows, focus: 3056}, h, 156, 41)
	got := m.page().left("retry", start.Add(90*time.Minute))
	if got != "retry 1h30m" || ansi.StringWidth("↻ "+got) > 14 {
		t.Errorf("%q", got)
	}
}

func TestFilters(t *testing.T) {
	f := &fake{rows: table(), focus: 3056}
	m := show(dress(t, "dark", style.Options{}), f, running(), 156, 41)
	if s := ansi.Strip(m.View()); !strings.Contains(s, "[all 5,000]   live 10") {
		t.Error("no line of filters")
	}
	m.Update(uitest.Key("f"))
	m.View()
	if len(m.list.rows) != 10 || m.list.total != 10 || m.list.rows[0].N != 3057 {
		t.Errorf("%d of %d live rows", len(m.list.rows), m.list.total)
	}
	m.Update(uitest.Key("f"))
	if s := ansi.Strip(m.View()); m.list.total != 1 || m.list.rows[0].Outcome != job.RowFailed ||
		!strings.Contains(s, "[failed 39]") {
		t.Errorf("%d failed rows", m.list.total)
	}
	for range 5 {
		m.Update(uitest.Key("f"))
	}
	if m.list.filter != everything || !m.list.follow {
		t.Errorf("the filters do not wrap around: %v", m.list.filter)
	}
}

func TestMovingStopsFollowing(t *testing.T) {
	f := &fake{rows: table(), focus: 3056}
	drive(t, f, running(), func(d *uitest.Driver, root *dialogs) {
		m := root.pane
		d.Expect("3057")
		d.Press("g")
		if m.View(); m.list.rows[0].N != 1 || m.list.follow {
			t.Errorf("at row %d", m.list.rows[0].N)
		}
		d.Press("pgdown", "down")
		if m.View(); m.list.sel != m.list.height {
			t.Errorf("selected %d", m.list.sel)
		}
		d.Press("#")
		d.Type("4,999")
		d.Press("enter")
		if m.View(); m.list.selected() == nil || m.list.selected().N != 4999 {
			t.Errorf("not at row 4999 but %d", m.list.sel+1)
		}
		d.Press("enter")
		d.Expect("row 4999")
		d.Press("esc", "G")
		if m.View(); !m.list.follow || m.list.sel != 3056 {
			t.Error("does not follow again")
		}
	})
}

func TestAClickSelectsAndASecondShows(t *testing.T) {
	drive(t, &fake{rows: table(), focus: 3056}, running(), func(d *uitest.Driver, root *dialogs) {
		d.Screen()
		at := tea.MouseClickMsg{X: 4, Y: root.pane.list.top + 11, Button: tea.MouseLeft}
		d.Send(at)
		d.Screen()
		if r := root.pane.list.selected(); r == nil || r.N != 3066 {
			t.Fatalf("selected %+v", r)
		}
		d.Send(at)
		d.Expect("row 3066", "✗ failed", "the provider refused␛[2J this answer", relay.ClassContentFilter.Advice()[:40])
	})
}

func TestRunsAreChosen(t *testing.T) {
	older := over(running())
	older.ID, older.Input = "0301-0900-aaaa", "/home/me/reviews.jsonl"
	f := &fake{rows: table(), runs: []job.Header{running(), older}}
	drive(t, f, running(), func(d *uitest.Driver, _ *dialogs) {
		d.Press("r")
		d.Expect("replies.csv", "reviews.jsonl", "5,000 of 5,000")
		d.Press("down", "enter")
		if !slices.Equal(f.calls, []string{"show 0301-0900-aaaa"}) {
			t.Errorf("%v", f.calls)
		}
	})
}
