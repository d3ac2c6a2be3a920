package ui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
)

// TestPanicRestoresTheTerminal draws a frame that panics: the alternate screen is left, and Run returns the error.
func TestPanicRestoresTheTerminal(t *testing.T) {
	st := state.New(state.Options{Demo: true, Relay: "sim", Model: "gpt-4.1", Params: relay.DefaultParams()})
	defer func() {
		if err := st.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	in, typed := io.Pipe()
	defer typed.Close()
	out := &witness{want: "\x1b[?1049h", seen: make(chan struct{})}
	go func() {
		<-out.seen
		_, _ = io.WriteString(typed, "x") // the key whose frame panics
	}()
	_, err := Run(t.Context(), st, Options{Theme: "dark", Input: in, Output: out,
		Environ: []string{"TERM=xterm-256color", "COLORTERM=truecolor"},
		Start:   func() tea.Msg { return tea.WindowSizeMsg{Width: 120, Height: 36} },
		Frames: func(FrameStats) {
			select {
			case <-out.seen:
				panic("a frame that can't be drawn")
			default:
			}
		}})
	if !errors.Is(err, tea.ErrProgramPanic) {
		t.Fatalf("Run returns %v", err)
	}
	if s := out.text.String(); strings.LastIndex(s, "\x1b[?1049l") < strings.LastIndex(s, "\x1b[?1049h") {
		t.Errorf("the terminal is not restored: %q", s)
	}
}

// witness is a terminal that closes seen once want was written to it.
type witness struct {
	mu   sync.Mutex
	text bytes.Buffer
	want string
	seen chan struct{}
	done bool
}

func (w *witness) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := w.text.Write(p)
	if !w.done && strings.Contains(w.text.String(), w.want) {
		w.done = true
		close(w.seen)
	}
	return n, err
}
