package job

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
