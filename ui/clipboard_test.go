package ui

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"relaytop/state"
	"relaytop/ui/pane"
)

func TestWhereTextGoes(t *testing.T) {
	good := func(string) error { return nil }
	bad := func(string) error { return errors.New("no display") }
	big := strings.Repeat("x", maxOSC52+1)
	for name, c := range map[string]struct {
		clip  clipboard
		text  string
		says  string
		level state.Level
		file  bool
	}{
		"the system's": {clipboard{native: good, terminal: true}, "hé", "the answer: 2 characters copied",
			state.Info, false},
		"the terminal's": {clipboard{terminal: true}, "hé",
			"the answer: 2 characters sent to the terminal's clipboard", state.Info, false},
		"the system's fails": {clipboard{native: bad, terminal: true}, "hé", "sent to the terminal's clipboard",
			state.Info, false},
		"neither":                  {clipboard{}, "hé", "this terminal has no clipboard", state.Info, true},
		"too much for a terminal":  {clipboard{terminal: true}, big, "which may not take that much", state.Info, true},
		"too much, but the system": {clipboard{native: good, terminal: true}, big, "copied", state.Info, false},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "state", "copied.txt")
			c.clip.file = file
			for range 2 { // the second one takes the place of the first
				msg := c.clip.report(pane.CopyMsg{Text: c.text, What: "the answer"}).(pane.ToastMsg)
				if !strings.Contains(msg.Text, c.says) || msg.Level != c.level || c.file != strings.Contains(msg.Text, file) {
					t.Errorf("%+v", msg)
				}
			}
			raw, err := os.ReadFile(file)
			if c.file != (err == nil) || c.file && string(raw) != c.text {
				t.Errorf("the file holds %d bytes, %v", len(raw), err)
			}
			if info, err := os.Stat(file); err == nil && runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("the file is %v", info.Mode())
			}
		})
	}
	msg := clipboard{file: filepath.Join(os.DevNull, "x")}.report(pane.CopyMsg{Text: "a", What: "it"}).(pane.ToastMsg)
	if msg.Level != state.Bad || !strings.Contains(msg.Text, "not copied") {
		t.Errorf("%+v", msg)
	}
}

func TestClipboardOfAnEnvironment(t *testing.T) {
	for env, want := range map[string]clipboard{
		"TERM=xterm-256color":                             {terminal: true},
		"TERM=linux":                                      {},
		"TERM=tmux-256color TMUX=/tmp/t,1,0":              {terminal: true, tmux: true},
		"TERM=xterm-256color TERM_PROGRAM=Apple_Terminal": {},
		"TERM=xterm SSH_CONNECTION=a DISPLAY=:0":          {terminal: true},
	} {
		got := newClipboard(strings.Fields(env), "")
		if got.native != nil && (runtime.GOOS == "linux" || strings.Contains(env, "SSH")) {
			t.Errorf("%s: another machine's clipboard is used", env)
		}
		if got.terminal != want.terminal || got.tmux != want.tmux {
			t.Errorf("%s: %+v", env, got)
		}
	}
}

func TestPassthrough(t *testing.T) {
	got := passthrough("a\x1b]52;c;x\a")
	inner, ok := strings.CutPrefix(got, "\x1bPtmux;\x1b\x1b]52;c;")
	inner, end := strings.CutSuffix(inner, "\a\x1b\\")
	raw, err := base64.StdEncoding.DecodeString(inner)
	if !ok || !end || err != nil || string(raw) != "a\x1b]52;c;x\a" {
		t.Errorf("%q", got)
	}
}
