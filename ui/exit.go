package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/job"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
)

// twice is how long the first of two presses of ctrl+c, or of q, counts.
const twice = 2 * time.Second

// exit is what ends the program.
type exit struct {
	interrupted time.Time    // until when a second ctrl+c quits
	asked       time.Time    // until when a second q quits although a run is under way
	saveDraft   func() error // saves what is typed and not sent
}

// stopper ends what streams.
type stopper interface {
	StopAll() bool // false: nothing streamed
}

// interrupt is ctrl+c: it stops what streams; the second one quits. StopAll is called by the command.
func (e *exit) interrupt(streaming stopper, run *job.Header) tea.Cmd {
	now := time.Now()
	if now.Before(e.interrupted) {
		return e.quit(run)
	}
	e.interrupted = now.Add(twice)
	return func() tea.Msg {
		if streaming.StopAll() {
			return pane.ToastMsg{Text: "stopped; ctrl+c again quits"}
		}
		return pane.ToastMsg{Text: "ctrl+c again quits"}
	}
}

// quit ends the program, or asks first if that would interrupt a run. The second time it does not ask: what is done
// stays, and the run can be resumed.
func (e *exit) quit(run *job.Header) tea.Cmd {
	now := time.Now()
	if now.Before(e.asked) || run.ReadOnly || run.Underway() == 0 {
		return tea.Quit
	}
	e.asked = now.Add(twice)
	detail := fmt.Sprintf("%d of %d rows are done and stay. %d in flight are stopped. "+
		"Go on later with: relaytop batch --resume %s", run.Done(), run.Rows, run.Underway(), run.ID)
	return overlay.Open(overlay.Confirm("Quit while a batch runs?", detail, tea.Quit))
}
