package batch

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"relaytop/state/job"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

// troubled is a run with everything that is to be known about it.
func troubled() job.Header {
	h := running()
	h.HeldBy, h.Damaged, h.Removed, h.PaidTwice = "lab-vllm is down: connection refused", 2, 3, 4
	h.Changed = &job.Change{Came: 12, Went: 3, Changed: 1}
	h.Writing, h.InFlight, h.More = 3, 6, true
	return h
}

func TestWhatIsToBeKnownAboutARun(t *testing.T) {
	env := dress(t, "dark", style.Options{})
	h := troubled()
	for _, size := range [][2]int{{78, 19}, {53, 14}, {156, 41}} {
		m := show(env, &fake{rows: table(), focus: 3056}, h, size[0], size[1])
		screen := ansi.Strip(m.View())
		for _, want := range []string{"lab-vllm is down: connection refused", "2 records of the journal can't be read",
			"writing", "of at least 5,000"} {
			if !strings.Contains(screen, want) {
				t.Errorf("at %dx%d: no %q in\n%s", size[0], size[1], want, screen)
			}
		}
		uitest.Golden(t, fmt.Sprintf("troubled-%dx%d", size[0], size[1]), m.View())
	}
	m := show(env, &fake{rows: table(), focus: 3056}, h, 100, 30)
	if s := ansi.Strip(m.View()); !strings.Contains(s, "12 rows came, 3 went, 1 changed  and 2 more notes") {
		t.Errorf("what does not fit is not counted:\n%s", s)
	}
}

func TestTheStateOfARunIsOneWord(t *testing.T) {
	env := dress(t, "dark", style.Options{})
	for want, change := range map[string]func(*job.Header){
		"● running":        func(*job.Header) {},
		"○ held":           func(h *job.Header) { h.HeldBy = "lab-vllm is down" },
		"◐ watched":        func(h *job.Header) { h.ReadOnly = true },
		"● validating":     func(h *job.Header) { *h = carried() },
		"○ with holysheep": func(h *job.Header) { *h = carried(); h.State = job.Paused },
		"! finished":       func(h *job.Header) { h.State = job.Finished },
		"✗ cancelled":      func(h *job.Header) { h.State = job.Cancelled },
		"✗ damaged":        func(h *job.Header) { h.State = job.Damaged },
	} {
		h := running()
		change(&h)
		if got := ansi.Strip(show(env, &fake{}, h, 80, 20).Status()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestARowThatIsAnsweredIsWritten: until its record is on the disk it has no outcome.
func TestARowThatIsAnsweredIsWritten(t *testing.T) {
	rows := table()
	rows[3060].Writing = true
	m := show(dress(t, "dark", style.Options{}), &fake{rows: rows, focus: 3056}, running(), 120, 30)
	if screen := ansi.Strip(m.View()); !strings.Contains(screen, "● writing") {
		t.Errorf("it is not seen:\n%s", screen)
	}
}
