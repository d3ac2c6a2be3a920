package ui

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"

	"relaytop/relay"
	"relaytop/state"
)

// TestAClosedTerminalEndsTheDashboard: no signal tells of it if the program is not the first of its terminal.
func TestAClosedTerminalEndsTheDashboard(t *testing.T) {
	st := state.New(state.Options{Demo: true, Relay: "sim", Model: "gpt-4.1", Params: relay.DefaultParams()})
	defer func() {
		if err := st.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	in, far, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := far.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Run(t.Context(), st, Options{Theme: "dark", Input: in, Output: io.Discard,
		Environ: []string{"TERM=xterm-256color"}})
	if !errors.Is(err, ErrGone) {
		t.Errorf("Run returned %v", err)
	}
}
