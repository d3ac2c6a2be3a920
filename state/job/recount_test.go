package job

import (
	"os"
	"path/filepath"
	"testing"
)

// TestARunWithoutItsHeader is listed with what its journal has, and goes on.
func TestARunWithoutItsHeader(t *testing.T) {
	for _, harm := range []func(path string) error{os.Remove, func(path string) error { return os.Truncate(path, 50) }} {
		dir, _, id := stoppedRun(t)
		before, _ := open(t, dir, newFake(echo), nil).Header(id)
		if err := harm(filepath.Join(dir, "runs", id, headerName)); err != nil {
			t.Fatal(err)
		}
		f := newFake(echo)
		b := open(t, dir, f, nil)
		h, _ := b.Header(id)
		if h.State != Paused || h.OK != 6 || h.OK+h.Failed+h.Queued != 10 || h.Cost != before.Cost || h.Cost == 0 ||
			h.Usage != before.Usage || h.ByClass["auth"] != before.ByClass["auth"] {
			t.Errorf("listed as %+v, before %+v", h, before)
		}
		start(t, b, Options{Resume: id, RetryFailed: true})
		if h := wait(t, b, id); h.OK != 10 || f.count() != 4 {
			t.Errorf("%d sent: %+v", f.count(), h)
		}
	}
}
