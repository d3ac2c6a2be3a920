package batch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/charmbracelet/x/ansi"

	"relaytop/state"
	"relaytop/state/job"
	"relaytop/state/job/input"
	"relaytop/ui/overlay"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

// interrupted is a run that rests on the disk, and whose file was changed since.
func interrupted() job.Header {
	h := paused()
	h.Stopped, h.Reason, h.Budget = job.StopUser, "relaytop was closed: resume to go on", usd(1_000_000)
	h.Changed, h.Damaged, h.PaidTwice, h.Removed = &job.Change{Came: 12, Went: 3, Changed: 1}, 2, 4, 3
	return h
}

// resuming presses keys on a run that rests. held is how it is once it is read.
func resuming(t *testing.T, h, held job.Header, w, height int, do func(*uitest.Driver, *fake, *Model)) {
	t.Helper()
	resumingIn(t, h, held, w, height, func(d *uitest.Driver, f *fake, root *dialogs) { do(d, f, root.pane) })
}

// resumingIn is resuming, with the dialogs and toasts of the pane.
func resumingIn(t *testing.T, h, held job.Header, w, height int, do func(*uitest.Driver, *fake, *dialogs)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{rows: still(), held: held}
		env := dress(t, "dark", style.Options{})
		root := &dialogs{pane: show(env, f, h, w, height), stack: overlay.NewStack(env)}
		do(uitest.Start(t, root, w, height), f, root)
	})
}

func TestTheResumptionsScreens(t *testing.T) {
	for _, size := range [][2]int{{58, 12}, {80, 22}, {120, 34}} {
		resuming(t, paused(), interrupted(), size[0], size[1], func(d *uitest.Driver, _ *fake, _ *Model) {
			d.Press("space")
			uitest.Golden(t, fmt.Sprintf("resume-%dx%d", size[0], size[1]), d.View().Content)
		})
	}
}

// TestNothingIsSentBeforeARunIsSeen: a run of an earlier session is read, and what was found is shown, before it
// goes on.
func TestNothingIsSentBeforeARunIsSeen(t *testing.T) {
	resuming(t, paused(), interrupted(), 120, 34, func(d *uitest.Driver, f *fake, _ *Model) {
		d.Press("space")
		d.Expect("before it goes on", "1,938 of 5,000 will be sent", "3,022 rows ok, and kept",
			"39 rows failed, and not sent",
			"12 rows came, 3 went, 1 changed", "2 rows with a record that can't be read", "4 rows stopped after being sent",
			"so far $0.3942", "the rest $0.23", "budget $1.00, of which $0.6058 are left", "deepseek-v3.2, 10 at once")
		d.Press("+", "$", "ctrl+u")
		d.Type("0.20")
		d.Press("enter", "enter")
		d.Expect("the budget is spent: $ raises it")
		d.Press("$", "ctrl+u")
		d.Type("2")
		d.Press("enter", "enter")
		want := []string{"hold 0302-1411-kmzq", "resize 0302-1411-kmzq 11", "budget 0302-1411-kmzq 2.000000",
			"resume 0302-1411-kmzq"}
		if !slices.Equal(f.calls, want) {
			t.Errorf("%v, want %v", f.calls, want)
		}
	})
}

func TestTheFailedRowsAreCountedBeforeTheyAreSentAgain(t *testing.T) {
	h := over(running())
	h.Low, h.High = 0, 0
	resumingIn(t, h, h, 120, 34, func(d *uitest.Driver, f *fake, root *dialogs) {
		d.Press("R")
		d.Expect("39 of 5,000 will be sent", "39 rows failed, and sent again", "~$0.0030")
		d.Press("enter")
		if !slices.Equal(f.calls, []string{"hold 0302-1411-kmzq", "retry 0302-1411-kmzq"}) {
			t.Errorf("%v", f.calls)
		}
		if root.toast != "39 failed rows to be sent again" {
			t.Errorf("it says %q", root.toast)
		}
	})
}

// TestAPauseIsNotAskedAbout: who started a run here and paused it knows what it costs. One that was stopped for a
// reason is looked at again.
func TestAPauseIsNotAskedAbout(t *testing.T) {
	h := paused()
	h.Stopped, h.Reason = job.StopUser, "paused"
	resuming(t, h, h, 120, 34, func(d *uitest.Driver, f *fake, m *Model) {
		m.Update(started{id: h.ID})
		d.Press("space")
		if !slices.Equal(f.calls, []string{"resume 0302-1411-kmzq"}) {
			t.Errorf("%v", f.calls)
		}
	})
	resuming(t, paused(), paused(), 120, 34, func(d *uitest.Driver, f *fake, m *Model) {
		m.Update(started{id: h.ID})
		if d.Press("space"); slices.Contains(f.calls, "resume 0302-1411-kmzq") {
			t.Errorf("%v", f.calls)
		}
	})
	resuming(t, h, h, 120, 34, func(d *uitest.Driver, f *fake, m *Model) {
		m.Refresh(&state.Snapshot{At: start, Run: h, Runs: 1, Demo: true})
		if d.Press("space"); !slices.Equal(f.calls, []string{"resume 0302-1411-kmzq"}) {
			t.Errorf("the demo, where nothing is billed: %v", f.calls)
		}
	})
}

func TestARunThatCantGoOnSaysWhy(t *testing.T) {
	resuming(t, paused(), job.Header{}, 120, 34, func(d *uitest.Driver, f *fake, _ *Model) {
		f.fail = input.Unusable("there is no file /home/me/replies.csv")
		d.Press("space")
		d.Expect("There is no file /home/me/replies.csv.")
		d.Refuse("enter resume")
		d.Press("enter")
		if slices.Contains(f.calls, "resume 0302-1411-kmzq") {
			t.Errorf("%v", f.calls)
		}
	})
}

func TestTheResumptionFitsEverywhere(t *testing.T) {
	d := &resumption{env: dress(t, "dark", style.Options{}), intent: &intent{does: "resume"}, run: interrupted()}
	for w := 56; w <= 240; w += 20 {
		for h := 12; h <= 60; h += 6 {
			box := d.View(w, h)
			if box.W > w || box.H > h {
				t.Errorf("%dx%d on a screen of %dx%d", box.W, box.H, w, h)
			}
			for l := range strings.SplitSeq(box.Body, "\n") {
				if got := ansi.StringWidth(l); got != box.W-4 {
					t.Fatalf("at %dx%d a line is %d wide: %q", w, h, got, ansi.Strip(l))
				}
			}
			if !strings.Contains(ansi.Strip(box.Body), "enter resume") {
				t.Errorf("at %dx%d the keys are cut off:\n%s", w, h, ansi.Strip(box.Body))
			}
		}
	}
}

// TestARunThatDoesNotGoOnIsReleased: its lock is free as soon as the dialog is closed.
func TestARunThatDoesNotGoOnIsReleased(t *testing.T) {
	resuming(t, paused(), interrupted(), 120, 34, func(d *uitest.Driver, f *fake, _ *Model) {
		d.Press("space", "esc")
		if want := []string{"hold 0302-1411-kmzq", "release 0302-1411-kmzq"}; !slices.Equal(f.calls, want) {
			t.Errorf("%v, want %v", f.calls, want)
		}
	})
	resuming(t, running(), job.Header{}, 120, 34, func(d *uitest.Driver, f *fake, _ *Model) {
		if d.Press("R", "esc"); len(f.calls) > 0 {
			t.Errorf("nothing was opened: %v", f.calls)
		}
	})
}

// TestARowThatIsSentAgainIsPricedFirst: what it costs is shown, and which other rows of a run that rests are sent with
// it.
func TestARowThatIsSentAgainIsPricedFirst(t *testing.T) {
	price := job.RowCost{Model: "deepseek-v3.2", Least: usd(20), Likely: usd(130), Most: usd(2400), Priced: true}
	sent := func(t *testing.T, f *fake, want ...string) {
		t.Helper()
		if !slices.Equal(f.calls, want) {
			t.Errorf("%v, want %v", f.calls, want)
		}
	}
	resuming(t, running(), running(), 120, 34, func(d *uitest.Driver, f *fake, m *Model) {
		f.rows, f.rowCost = table(), price
		m.Update(goTo(3066))
		d.Press("t")
		d.Expect("Send row 3,066 again?", "It costs $0.000020–0.0024", "likely ~$0.000130")
		sent(t, f)
		d.Press("y")
		sent(t, f, "retry 0302-1411-kmzq row 3066")
	})
	resuming(t, running(), running(), 120, 34, func(d *uitest.Driver, f *fake, m *Model) {
		f.rows, f.rowCost = table(), job.RowCost{Model: "acme-1"}
		m.Update(goTo(3055))
		d.Press("t")
		d.Expect("What it costs is not known: acme-1 has no known price", "the new one takes its place")
	})
	h := over(running())
	resuming(t, h, h, 120, 34, func(d *uitest.Driver, f *fake, m *Model) {
		f.rowCost = price
		m.Update(goTo(3055))
		d.Press("t")
		d.Expect("1 of 5,000 will be sent", "row 3,055 is sent again: its answer was paid for", "likely ~$0.000130 more",
			"the rest $0.000020–0.0024")
		d.Press("enter")
		sent(t, f, "hold 0302-1411-kmzq", "retry 0302-1411-kmzq row 3055")
	})
	resuming(t, paused(), interrupted(), 120, 34, func(d *uitest.Driver, f *fake, m *Model) {
		f.rowCost = price
		m.Update(goTo(3066))
		d.Press("t")
		d.Expect("1,939 of 5,000 will be sent", "row 3,066 is sent again", "1,938 rows not answered yet, and sent too")
	})
}
