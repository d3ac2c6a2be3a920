package job

import (
	"errors"
	"path/filepath"
	"testing"
)

// TestAnOutputOfALiveRunIsRefused, also by force: in the same process and in another one.
func TestAnOutputOfALiveRunIsRefused(t *testing.T) {
	dir, _, b, id := begun(t)
	h, _ := b.Header(id)
	other := file(t, dir, "other.txt", "x\n")
	c := open(t, dir, newFake(echo), nil)
	for name, book := range map[string]*Book{"the same process": b, "another process": c} {
		_, err := book.Start(Options{Input: other, Out: h.Out, Force: true})
		var owned *OwnedError
		if !errors.As(err, &owned) || !errors.Is(err, ErrExists) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := filepath.Glob(filepath.Join(dir, "runs", "*", "lock")); err != nil || len(list) != 1 {
		t.Errorf("%d folders are left: %v", len(list), err)
	}
}

// TestAnOutputThatWasTakenOver is not overwritten by a resume of the run that it belonged to, unless by force.
func TestAnOutputThatWasTakenOver(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, newFake(echo), nil)
	in := file(t, dir, "in.txt", prompts(3))
	first := start(t, b, Options{Input: in})
	h := wait(t, b, first)
	second := start(t, b, Options{Input: file(t, dir, "other.txt", "x\n"), Out: h.Out, Force: true})
	if h := wait(t, b, second); h.State != Finished || len(outLines(t, h.Out)) != 1 {
		t.Fatalf("%+v", h)
	}
	if _, err := b.Start(Options{Resume: first}); !errors.Is(err, ErrExists) {
		t.Errorf("resumed: %v", err)
	}
	if len(outLines(t, h.Out)) != 1 {
		t.Error("it was overwritten")
	}
	start(t, b, Options{Resume: first, Force: true})
	if h := wait(t, b, first); h.State != Finished || len(outLines(t, h.Out)) != 3 {
		t.Errorf("%+v", h)
	}
}
