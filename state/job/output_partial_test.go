package job

import (
	"path/filepath"
	"slices"
	"testing"

	"relaytop/relay"
	"relaytop/state/job/outfile"
)

// TestAPausedRunHasItsOutputSoFar, whatever paused it, and the file is marked as partial until the run is finished. Of
// the rows, one fails: it alone is in the errors.
func TestAPausedRunHasItsOutputSoFar(t *testing.T) {
	for name, pause := range map[string]func(b *Book, id string) error{
		"by itself":      nil,
		"by the user":    (*Book).Pause,
		"by a cancel":    (*Book).Cancel,
		"by its closing": func(b *Book, _ string) error { return b.Close(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			f := newFake(func(n int, req relay.Request) *relay.Result {
				switch {
				case n == 2:
					return failed(relay.ClassInvalid)
				case n <= 3:
					return echo(n, req)
				case pause == nil:
					return failed(relay.ClassAuth)
				}
				return nil
			})
			b := open(t, dir, f, nil)
			id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(8)), Concurrency: 1})
			if pause != nil {
				until(t, "the fourth row is in flight", func() bool {
					f.mu.Lock()
					defer f.mu.Unlock()
					return len(f.hung) == 1
				})
				if err := pause(b, id); err != nil {
					t.Fatal(err)
				}
				if name == "by the user" {
					b.engine.cancel([]relay.ID{f.sent[3].ID})
				}
			}
			h := wait(t, b, id)
			if !h.State.Rests() || !h.Partial || !h.ErrorsOut {
				t.Fatalf("%+v", h)
			}
			if lines := outLines(t, h.Out); len(lines) != 8 || answers(lines) != 2 {
				t.Errorf("%d lines, %d with an answer", len(lines), answers(lines))
			}
			if !onlyFailed(t, &h) {
				t.Errorf("in the errors: %+v", outLines(t, h.Errors))
			}
			if err := b.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if kept := readSaved(filepath.Join(dir, "runs", id)); kept == nil || !kept.Partial || !kept.ErrorsOut {
				t.Errorf("kept as %+v", kept)
			}
			c := open(t, dir, newFake(echo), nil)
			start(t, c, Options{Resume: id})
			h = wait(t, c, id)
			if h.State != Finished || h.Partial || !h.ErrorsOut || h.Failed != 1 || !onlyFailed(t, &h) {
				t.Errorf("at the end: %+v", h)
			}
		})
	}
}

// onlyFailed reports whether the errors of a run are its failed rows, of which there are some.
func onlyFailed(t *testing.T, h *Header) bool {
	t.Helper()
	lines := outLines(t, h.Errors)
	return h.Failed > 0 && len(lines) == h.Failed &&
		!slices.ContainsFunc(lines, func(l outfile.Line) bool { return l.Ours.Outcome != outfile.Failed })
}

// answers counts the lines with a good answer.
func answers(lines []outfile.Line) (n int) {
	for i := range lines {
		if lines[i].Ours.Outcome == outfile.OK {
			n++
		}
	}
	return n
}
