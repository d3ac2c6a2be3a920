package ui

import (
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	system "github.com/atotto/clipboard"
	uv "github.com/charmbracelet/ultraviolet"

	"relaytop/state"
	"relaytop/state/disk"
	"relaytop/ui/pane"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// maxOSC52 is how many bytes a terminal takes by OSC 52: many have a limit of 100,000 in base64.
const maxOSC52 = 74_000

// clipboard is where copied text can go. A terminal does not report whether it took what was sent: the toast says
// only what is known.
type clipboard struct {
	// native writes to the system's clipboard; nil: there is no such clipboard, or it is another machine's.
	native   func(string) error
	terminal bool   // the terminal may take OSC 52
	tmux     bool   // the terminal is tmux, which passes OSC 52 on if it is wrapped
	file     string // where the text is written if neither of the two is sure to have it; "": nowhere
}

// newClipboard finds the clipboards by environ, or by the environment of the process if that is nil.
func newClipboard(environ []string, file string) clipboard {
	get := os.Getenv
	if environ != nil {
		get = uv.Environ(environ).Getenv
	}
	c := clipboard{terminal: true, tmux: get("TMUX") != "", file: file}
	switch term := get("TERM"); {
	case term == "linux", term == "dumb", term == "", get("TERM_PROGRAM") == "Apple_Terminal":
		c.terminal = false
	}
	remote := get("SSH_CONNECTION") != "" || get("SSH_TTY") != ""
	shown := runtime.GOOS == "darwin" || runtime.GOOS == "windows" || get("DISPLAY") != "" || get("WAYLAND_DISPLAY") != ""
	if !remote && shown && !system.Unsupported {
		c.native = system.WriteAll
	}
	return c
}

// copy puts a text on all clipboards. The message of the command is the toast that says where it went.
func (c clipboard) copy(msg pane.CopyMsg) tea.Cmd {
	var cmds []tea.Cmd
	if c.terminal {
		cmds = append(cmds, tea.SetClipboard(msg.Text))
		if c.tmux {
			cmds = append(cmds, tea.Raw(passthrough(msg.Text)))
		}
	}
	return tea.Batch(append(cmds, func() tea.Msg { return c.report(msg) })...)
}

// report writes to the system's clipboard or, if need be, to the file, and returns the toast.
func (c clipboard) report(msg pane.CopyMsg) tea.Msg {
	what := fmt.Sprintf("%s: %s characters ", text.Line(msg.What), widget.Count(int64(utf8.RuneCountInString(msg.Text))))
	if c.native != nil && c.native(msg.Text) == nil {
		return pane.ToastMsg{Level: state.Info, Text: what + "copied"}
	}
	if c.terminal && len(msg.Text) <= maxOSC52 {
		return pane.ToastMsg{Level: state.Info, Text: what + "sent to the terminal's clipboard"}
	}
	why := "this terminal has no clipboard"
	if c.terminal {
		why = "sent to the terminal, which may not take that much"
	}
	if err := c.write(msg.Text); err != nil {
		return pane.ToastMsg{Level: state.Bad, Text: what + "not copied: " + why + ", and " + text.Line(err.Error())}
	}
	return pane.ToastMsg{Level: state.Info, Text: what + "in " + text.Line(c.file) + ": " + why}
}

// write replaces the file by one with the text.
func (c clipboard) write(s string) error {
	if c.file == "" {
		return fmt.Errorf("there is no file for it")
	}
	if err := disk.MakeDir(filepath.Dir(c.file)); err != nil {
		return err
	}
	return disk.Files{}.Replace(c.file, func(w io.Writer) error { // a link is replaced, not followed
		_, err := io.WriteString(w, s)
		return err
	})
}

// passthrough wraps OSC 52 for tmux, which passes it on to its own terminal.
func passthrough(s string) string {
	osc := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(s)) + "\a"
	return "\x1bPtmux;" + strings.ReplaceAll(osc, "\x1b", "\x1b\x1b") + "\x1b\\"
}
