package ui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// Ending is what becomes of the batches that are active when the dashboard closes.
type Ending uint8

// The endings.
const (
	StopRuns  Ending = iota // their rows in flight are stopped
	DrainRuns               // their rows in flight finish, and no further row is sent
	KeepRuns                // they go on
)

// twice is how long the first of two presses of ctrl+c, or of q, counts.
const twice = 2 * time.Second

// exit is what ends the program.
type exit struct {
	interrupted time.Time    // until when a second ctrl+c quits
	asked       time.Time    // until when a second request to quit is not asked about
	ending      Ending       // chosen in the dialog
	saveDraft   func() error // saves what is typed and not sent
}

// stopper ends what streams.
type stopper interface {
	StopAll() bool // false: nothing streamed
}

// endMsg quits with an ending.
type endMsg Ending

// interrupt is ctrl+c: it stops what streams; the second one quits. StopAll is called by the command.
func (e *exit) interrupt(streaming stopper, runs func() []job.Header) tea.Cmd {
	now := time.Now()
	if now.Before(e.interrupted) {
		return e.quit(runs)
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
func (e *exit) quit(runs func() []job.Header) tea.Cmd {
	now := time.Now()
	if now.Before(e.asked) || len(wouldCut(runs())) == 0 {
		e.ending = StopRuns
		return tea.Quit
	}
	e.asked = now.Add(twice)
	return overlay.Open(overlay.Alternatives("quit", func() (string, []overlay.Alternative) {
		cut := wouldCut(runs())
		return question(cut), waysOut(cut)
	}))
}

// end quits with an ending.
func (e *exit) end(msg endMsg) tea.Cmd {
	e.ending = Ending(msg)
	return tea.Quit
}

// wouldCut are the runs that closing the dashboard would interrupt. Rows that a provider has go on there.
func wouldCut(runs []job.Header) (cut []job.Header) {
	for i := range runs {
		h := &runs[i]
		atProvider := h.Carrier == job.ByProvider && h.Provider.Open > 0 && h.Provider.Unsent == 0
		if h.Active() && !atProvider {
			cut = append(cut, *h)
		}
	}
	return cut
}

// question says what is active.
func question(cut []job.Header) string {
	if len(cut) == 0 {
		return "Every batch has come to rest: nothing is cut off."
	}
	if len(cut) > 1 {
		names := make([]string, len(cut))
		for i := range cut {
			names[i] = fmt.Sprintf("%s %s of %s", text.Truncate(text.Line(cut[i].Input), 24),
				widget.Count(int64(cut[i].Done())), widget.Count(int64(cut[i].Rows)))
		}
		return fmt.Sprintf("%d batches are still running: %s rows.", len(cut), strings.Join(names, ", "))
	}
	h := &cut[0]
	name := text.Truncate(text.Line(h.Input), 40)
	if h.State == job.Reading && h.Done() == 0 {
		return name + " is still being read."
	}
	return fmt.Sprintf("%s is still running: %s of %s rows are done, and are kept.", name, widget.Count(int64(h.Done())),
		widget.Count(int64(h.Rows)))
}

// waysOut are the ways to quit, and not to.
func waysOut(cut []job.Header) []overlay.Alternative {
	inFlight := 0
	for i := range cut {
		inFlight += cut[i].InFlight + cut[i].Writing
	}
	drained := relay.Counted(inFlight, "row") + " finish; the others are sent when the run is resumed"
	if inFlight == 1 {
		drained = "1 row finishes; the others are sent when the run is resumed"
	}
	end := func(how Ending) tea.Cmd { return func() tea.Msg { return endMsg(how) } }
	stay := overlay.Alternative{Key: "esc", Title: "stay", Detail: "nothing changes"}
	if len(cut) == 0 {
		return []overlay.Alternative{{Key: "s", Title: "quit", Detail: "no row is in flight", Do: end(StopRuns)}, stay}
	}
	return []overlay.Alternative{
		{Key: "s", Title: "stop after the rows in flight", Detail: drained, Do: end(DrainRuns)},
		{Key: "k", Title: "keep it going in this terminal",
			Detail: "without the dashboard: progress, and the summary at the end", Do: end(KeepRuns)},
		stay,
	}
}
