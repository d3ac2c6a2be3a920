//go:build linux

package cli

import (
	"bytes"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSignalsRestoreTheTerminal ends the dashboard in the middle of an answer: the terminal is restored, the exit is
// orderly, and the partial answer is there at the next start.
func TestSignalsRestoreTheTerminal(t *testing.T) {
	p := buildProgram(t)
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT} {
		s := p.onScreen(t)
		s.until(t, shown...)
		if _, err := s.near.WriteString("Explain quantum entanglement " + strings.ToLower(sig.String()) + "\r"); err != nil {
			t.Fatal(err)
		}
		s.until(t, "streaming")
		if err := s.cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		last := s.rest(t)
		if !bytes.Contains(last, []byte("\x1b[?1049l")) {
			t.Errorf("%s: the terminal is not given back: %q", sig, last)
		}
		if err := s.cmd.Wait(); s.cmd.ProcessState.ExitCode() != 130 {
			t.Errorf("%s ends an answer: %v, want exit 130", sig, err)
		}
		again := p.onScreen(t)
		again.until(t, "entanglement "+strings.ToLower(sig.String()))
		if err := again.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		again.rest(t)
		if err := again.cmd.Wait(); err != nil {
			t.Errorf("%s, started again: %v", sig, err)
		}
	}
}

// rest is what the program writes until it ends.
func (s *screened) rest(t testing.TB) (out []byte) {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		select {
		case c, ok := <-s.chunk:
			if !ok {
				return out
			}
			out = append(out, c...)
		case <-late:
			t.Fatalf("the program does not end: %q", out)
		}
	}
}
