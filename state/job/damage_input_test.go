package job

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relaytop/relay"
)

// TestAResumeThatCannotReadItsInput changes nothing: the figures stay, also on the disk, and so does the length that
// the journal must have.
func TestAResumeThatCannotReadItsInput(t *testing.T) {
	for want, harm := range map[string]func(in string) error{
		"there is no file": os.Remove,
		"is empty":         func(in string) error { return os.Truncate(in, 0) },
		"is a folder":      func(in string) error { return errors.Join(os.Remove(in), os.Mkdir(in, 0o700)) },
		"is UTF-16":        func(in string) error { return os.WriteFile(in, []byte("\xff\xfea\x00\n\x00"), 0o600) },
	} {
		t.Run(want, func(t *testing.T) {
			dir, in, id := stoppedRun(t)
			kept, err := os.ReadFile(in)
			if err != nil {
				t.Fatal(err)
			}
			if err := harm(in); err != nil {
				t.Fatal(err)
			}
			b := open(t, dir, newFake(echo), nil)
			before, _ := b.Header(id)
			start(t, b, Options{Resume: id})
			h := wait(t, b, id)
			if h.State != Broken || h.Stopped != StopInput || !strings.Contains(h.Reason, want) {
				t.Errorf("%s (%s): %s", h.State, h.Stopped, h.Reason)
			}
			if h.Rows != 10 || h.OK != 6 || h.Cost != before.Cost || h.Cost == 0 || h.Usage != before.Usage {
				t.Errorf("the figures fell: %+v, before %+v", h, before)
			}
			if err := b.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			c := open(t, dir, newFake(echo), nil)
			if again, _ := c.Header(id); again.OK != 6 || again.Journal != before.Journal || again.Stopped != StopAuth {
				t.Errorf("kept as %+v", again)
			}
			if err := os.Truncate(filepath.Join(dir, "runs", id, journalName), 70); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Start(Options{Resume: id}); !errors.Is(err, ErrDamaged) {
				t.Errorf("resumed with a journal that was cut: %v", err)
			}
			if err := errors.Join(os.RemoveAll(in), os.WriteFile(in, kept, 0o600)); err != nil {
				t.Fatal(err)
			}
			start(t, c, Options{Resume: id, Forget: true})
			if h := wait(t, c, id); h.State != Finished || h.OK != 10 {
				t.Errorf("with its input: %+v", h)
			}
		})
	}
}

// TestAnInputThatIsChangedWhileItRuns stops the run for its input, with the rows that it has.
func TestAnInputThatIsChangedWhileItRuns(t *testing.T) {
	for want, change := range map[string]func(in string) error{
		"became shorter": func(in string) error { return os.Truncate(in, 20) },
		"row 4 of the input changed ": func(in string) error {
			return os.WriteFile(in, []byte(strings.Repeat("x", 200)), 0o600)
		},
	} {
		dir := t.TempDir()
		in := file(t, dir, "in.txt", prompts(10))
		b := open(t, dir, newFake(func(n int, req relay.Request) *relay.Result {
			if n == 3 {
				if err := change(in); err != nil {
					t.Error(err)
				}
			}
			return echo(n, req)
		}), nil)
		h := wait(t, b, start(t, b, Options{Input: in, Concurrency: 1}))
		if h.State != Paused || h.Stopped != StopInput || h.OK != 3 || !strings.Contains(h.Reason, want) {
			t.Errorf("%s (%s) after %d rows: %s", h.State, h.Stopped, h.OK, h.Reason)
		}
	}
}
