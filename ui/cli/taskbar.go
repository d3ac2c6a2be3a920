package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"
)

// taskbar shows how far a run is in the terminal's tab or task bar (OSC 9;4).
type taskbar struct {
	w    io.Writer // nil: the terminal has none
	last int       // percent shown, plus one; 0: none
}

func newTaskbar(out *output) taskbar {
	if out.terminal && hasTaskbar(os.Getenv) {
		return taskbar{w: out.w}
	}
	return taskbar{}
}

// hasTaskbar reports whether the terminal is known to show progress. Others take the text of OSC 9 for a notification,
// one for each step.
func hasTaskbar(getenv func(string) string) bool {
	vte, err := strconv.Atoi(getenv("VTE_VERSION"))
	switch {
	case getenv("TMUX") != "", getenv("STY") != "": // it would need to be passed through
		return false
	case getenv("WT_SESSION") != "", getenv("ConEmuANSI") == "ON", getenv("TERM") == "xterm-ghostty":
		return true
	case err == nil && vte >= 8000:
		return true
	}
	return getenv("TERM_PROGRAM") == "WezTerm" || getenv("TERM_PROGRAM") == "ghostty"
}

// show sets the share, from 0 to 1.
func (t *taskbar) show(part float64) {
	percent := int(100 * min(max(part, 0), 1))
	if t.w == nil || t.last == percent+1 {
		return
	}
	t.last = percent + 1
	fmt.Fprintf(t.w, "\x1b]9;4;1;%d\x1b\\", percent)
}

// clear takes it away.
func (t *taskbar) clear() {
	if t.last > 0 {
		t.last = 0
		_, _ = io.WriteString(t.w, "\x1b]9;4;0\x1b\\") // the terminal may be gone
	}
}
