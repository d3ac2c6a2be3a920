package ui

import (
	"fmt"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"relaytop/state"
	"relaytop/state/job"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// Notify is how the end of a run is announced beside the toast.
type Notify string

// The ways.
const (
	NotifyOff     Notify = "off"
	NotifyBell    Notify = "bell"
	NotifyDesktop Notify = "desktop" // the bell, and a notification where the terminal has them
)

const (
	lookEvery   = time.Second      // shortest time between two looks at all runs while one is active
	notifyAfter = 10 * time.Second // a run that took less was watched
)

// runEnds finds the runs of this process that came to rest by themselves.
type runEnds struct {
	active map[string]bool // runs that were active at the last look, by id
	at     time.Time       // of the last look
	shown  shownRun
}

// shownRun is what tells that a look is due at once.
type shownRun struct {
	id    string
	state job.State
	runs  int
}

// look returns the runs that ended since the last look. It looks at once if the shown run changes, or if nothing is
// in flight any more.
func (e *runEnds) look(s *state.Snapshot, list func() []job.Header) (ended []job.Header) {
	now := shownRun{s.Run.ID, s.Run.State, s.Runs}
	if s.Busy && now == e.shown && s.At.Sub(e.at) < lookEvery {
		return nil
	}
	e.at, e.shown = s.At, now
	active := map[string]bool{}
	for _, h := range list() {
		switch {
		case h.Active():
			active[h.ID] = true
		case e.active[h.ID] && h.Stopped != job.StopUser:
			ended = append(ended, h)
		}
	}
	e.active = active
	return ended
}

// runEnded announces the end of a run: a toast, the bell or a notification, and the hook of the options.
func (m *model) runEnded(h job.Header) tea.Cmd {
	name := text.Line(h.Input)
	says := fmt.Sprintf("%s: %s, %d of %d rows ok", name, h.State, h.OK, h.Rows)
	level := state.Info
	if h.State != job.Finished {
		level = state.Warn
	}
	cmds := []tea.Cmd{m.toast.show(level, says)}
	if seq := announcement(m.opts.Notify, m.opts.Environ, says); seq != "" && h.Elapsed >= notifyAfter {
		cmds = append(cmds, tea.Raw(seq))
	}
	if hook := m.opts.RunEnded; hook != nil {
		cmds = append(cmds, func() tea.Msg {
			if err := hook(&h); err != nil {
				return pane.ToastMsg{Level: state.Bad, Text: err.Error()}
			}
			return nil
		})
	}
	return tea.Batch(cmds...)
}

// announcement is what makes the terminal ring, and show a notification where it can.
func announcement(how Notify, environ []string, says string) string {
	get := os.Getenv
	if environ != nil {
		get = uv.Environ(environ).Getenv
	}
	switch term := get("TERM"); {
	case how == NotifyOff || how == "":
		return ""
	case how == NotifyBell || term == "dumb" || term == "linux":
		return "\a"
	}
	return "\a\x1b]9;relaytop: " + text.Line(says) + "\x1b\\"
}
