package cli

import (
	"bytes"
	"cmp"
	"strings"
	"testing"

	"relaytop/state/job"
)

func TestATerminalIsToldOfTheEnd(t *testing.T) {
	h := &job.Header{State: job.Finished, Rows: 3, OK: 2}
	for _, tt := range []struct {
		terminal bool
		term     string
		how      string // "" is desktop
		want     string
	}{
		{true, "xterm-256color", "", "\a\x1b]9;relaytop: batch finished, 2 of 3 rows ok\x1b\\"},
		{true, "dumb", "", "\a"},
		{true, "linux", "", "\a"},
		{true, "xterm", "bell", "\a"},
		{true, "xterm", "off", ""},
		{false, "xterm", "", ""},
	} {
		var b bytes.Buffer
		notifyEnd(&output{w: &b, terminal: tt.terminal}, cmp.Or(tt.how, "desktop"), func(string) string { return tt.term }, h)
		if b.String() != tt.want {
			t.Errorf("%v: %q", tt, b.String())
		}
	}
}

func TestOnlyATerminalThatShowsProgressGetsIt(t *testing.T) {
	for env, want := range map[string]bool{
		"TERM=xterm-ghostty": true, "WT_SESSION=1": true, "ConEmuANSI=ON": true, "TERM_PROGRAM=WezTerm": true,
		"VTE_VERSION=8000": true, "VTE_VERSION=7600": false, "TERM_PROGRAM=iTerm.app": false, "TERM=xterm": false,
		"TERM=xterm-ghostty TMUX=x": false, "": false,
	} {
		set := map[string]string{}
		for _, pair := range strings.Fields(env) {
			name, value, _ := strings.Cut(pair, "=")
			set[name] = value
		}
		if got := hasTaskbar(func(name string) string { return set[name] }); got != want {
			t.Errorf("%q: %v", env, got)
		}
	}
}

func TestTheTaskbarIsCleared(t *testing.T) {
	var b bytes.Buffer
	bar := taskbar{w: &b}
	bar.show(0.5)
	bar.show(0.501)
	bar.show(0.75)
	bar.clear()
	bar.clear()
	if got := b.String(); got != "\x1b]9;4;1;50\x1b\\\x1b]9;4;1;75\x1b\\\x1b]9;4;0\x1b\\" {
		t.Errorf("%q", got)
	}
	var none taskbar
	none.show(0.5)
	none.clear()
}

// A run is not shown as done before its output stands, and a phase is named.
func TestThePhasesOfARun(t *testing.T) {
	for _, tt := range []struct {
		h    job.Header
		part float64
		says string
	}{
		{job.Header{State: job.Reading, Rows: 4000}, 0, "reading: 4000 rows so far"},
		{job.Header{State: job.Running, Rows: 10, OK: 5}, 0.5, "5/10 rows  5 ok"},
		{job.Header{State: job.Running, Rows: 10, OK: 10}, 0.99, "10/10 rows"},
		{job.Header{State: job.Finishing, Rows: 10, OK: 10}, 0.99, "finishing: writing the output"},
		{job.Header{State: job.Pausing, Rows: 10, OK: 5}, 0.5, "pausing: 5/10 rows"},
		{job.Header{State: job.Finished, Rows: 10, OK: 10}, 1, "10/10 rows"},
		{job.Header{State: job.Running}, 0, "0/0 rows"},
	} {
		if got, says := partDone(&tt.h), progressLine(&tt.h); got != tt.part || !strings.HasPrefix(says, tt.says) {
			t.Errorf("%s: %v, %q", tt.h.State, got, says)
		}
	}
}
