//go:build linux

package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"relaytop/ui/uitest"
)

// shown are the parts of a complete first frame: three panes and the footer.
var shown = []string{"1 chat", "3 metrics", "2 batch", "help"}

// screened is the program on a pseudo-terminal.
type screened struct {
	cmd   *exec.Cmd
	near  *os.File
	chunk chan []byte // what it writes; closed at its end
	seen  []byte
}

// onScreen starts the program on a terminal that answers nothing.
func (p program) onScreen(b testing.TB, args ...string) *screened {
	b.Helper()
	near, far, err := uitest.OpenPTY(160, 45)
	if err != nil {
		b.Fatal(err)
	}
	defer far.Close()
	s := &screened{cmd: exec.Command(p.path, args...), near: near, chunk: make(chan []byte, 1024)}
	s.cmd.Dir, s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = filepath.Dir(p.path), far, far, far
	s.cmd.Env = append(slices.Clone(p.env), "TERM=xterm-256color", "COLORTERM=truecolor")
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	go func() {
		defer close(s.chunk)
		for {
			buf := make([]byte, 64<<10)
			n, err := near.Read(buf)
			if err != nil {
				return
			}
			s.chunk <- buf[:n]
		}
	}()
	return s
}

// until reads until the program has written all of want since the last call.
func (s *screened) until(b testing.TB, want ...string) {
	b.Helper()
	late := time.After(30 * time.Second)
	for !all(s.seen, want) {
		select {
		case c, ok := <-s.chunk:
			if !ok {
				b.Fatalf("the program ended: %q", s.seen)
			}
			s.seen = append(s.seen, c...)
		case <-late:
			b.Fatalf("%q are not all in %q", want, s.seen)
		}
	}
	s.seen = s.seen[:0]
}

func all(seen []byte, want []string) bool {
	for _, w := range want {
		if !bytes.Contains(seen, []byte(w)) {
			return false
		}
	}
	return true
}

// end closes the program the way a closed terminal does.
func (s *screened) end() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	for range s.chunk {
	}
	_ = s.cmd.Wait() // a signal ends it
	s.near.Close()
}

// report reports the median and the maximum of durations.
func report(b *testing.B, of []time.Duration) {
	slices.Sort(of)
	b.ReportMetric(float64(of[len(of)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(of[len(of)-1].Microseconds())/1000, "max-ms")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkFirstFrame is how long a person waits: from exec to the last part of the first frame, with an existing data
// folder.
func BenchmarkFirstFrame(b *testing.B) {
	p := buildProgram(b)
	warm := p.onScreen(b)
	warm.until(b, shown...)
	warm.end()
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		s := p.onScreen(b)
		s.until(b, shown...)
		took = append(took, time.Since(start))
		s.end()
	}
	report(b, took)
}

// BenchmarkVersion is the cost of a command that does nothing else.
func BenchmarkVersion(b *testing.B) {
	p := buildProgram(b)
	var took []time.Duration
	for b.Loop() {
		cmd, _, _ := p.command(b, "version")
		start := time.Now()
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	report(b, took)
}
