package batch

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

func TestTheBudgetIsSeen(t *testing.T) {
	h := running()
	h.Budget, h.Unknown = usd(1_000_000), 3
	m := show(dress(t, "dark", style.Options{}), &fake{rows: table(), focus: 3056}, h, 156, 41)
	if s := ansi.Strip(m.View()); !strings.Contains(s, "┃ budget $1.00") || !strings.Contains(s,
		"3 unknown beside $0.6058") {
		t.Errorf("the wide pane:\n%s", s)
	}
	m = show(dress(t, "dark", style.Options{}), &fake{rows: table(), focus: 3056}, h, 78, 19)
	if s := ansi.Strip(m.View()); !strings.Contains(s, "cost $0.3942 of $1.00 → $0.62–0.67  3 unknown") {
		t.Errorf("the narrow pane:\n%s", s)
	}
	h.Cost = usd(1_200_000)
	m = show(dress(t, "dark", style.Options{}), &fake{rows: table(), focus: 3056}, h, 156, 41)
	if s := ansi.Strip(m.View()); !strings.Contains(s, "3 unknown beside $0.00") {
		t.Errorf("more was spent than the budget:\n%s", s)
	}
}

func TestTheBudgetIsRaisedInThePane(t *testing.T) {
	h := paused()
	h.Stopped, h.Reason, h.Budget = job.StopBudget, "the budget of $1.00 does not cover another row: raise it to go on",
		usd(1_000_000)
	f := &fake{rows: still(), focus: 3056}
	drive(t, f, h, func(d *uitest.Driver, root *dialogs) {
		d.Expect("does not cover another row", "$ raises it")
		d.Press("$")
		d.Expect("spent so far: $0.3942", "1.0")
		d.Press("ctrl+u")
		d.Type("nothing")
		d.Press("enter")
		d.Expect("an amount in USD above 0")
		d.Press("ctrl+u")
		d.Type("2.50")
		d.Press("enter")
		if root.toast != "the budget is now $2.50" {
			t.Errorf("toast %q", root.toast)
		}
		if !slices.Equal(f.calls, []string{"budget 0302-1411-kmzq 2.500000"}) {
			t.Errorf("%v", f.calls)
		}
	})
}

func TestTypingReplacesTheBudget(t *testing.T) {
	h := running()
	h.Budget = usd(50_000)
	f := &fake{rows: still(), focus: 3056}
	drive(t, f, h, func(d *uitest.Driver, _ *dialogs) {
		d.Press("$")
		d.Type("0.75")
		d.Press("enter")
		if !slices.Equal(f.calls, []string{"budget " + h.ID + " 0.750000"}) {
			t.Errorf("%v", f.calls)
		}
	})
}

func TestRetryFailedSaysWhyItIsOff(t *testing.T) {
	for class, off := range map[relay.Class]bool{relay.ClassTruncated: false, "": true} {
		h := paused()
		h.State, h.Failed, h.Incomplete, h.ByClass = job.Finished, 0, 1, map[relay.Class]int{}
		if class != "" {
			h.ByClass[class] = 1
		}
		drive(t, &fake{rows: still(), focus: 3056}, h, func(d *uitest.Driver, root *dialogs) {
			d.Press("R")
			if got := strings.HasPrefix(root.toast, "no row failed: "); got != off {
				t.Errorf("class %q: toast %q", class, root.toast)
			}
		})
	}
}
