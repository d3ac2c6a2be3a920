//go:build unix

package job

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestOnlyRegularFilesAreAccepted: nothing writes to the pipe, so that reading it would never end.
func TestOnlyRegularFilesAreAccepted(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "x.jsonl")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	b := open(t, dir, newFake(echo), nil)
	for path, want := range map[string]string{pipe: "is not a regular file but a pipe",
		"/dev/zero": "is not a regular file but a device"} {
		_, err := b.Start(Options{Input: path, Out: filepath.Join(dir, "out.jsonl")})
		if !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), want) {
			t.Errorf("Start: %v", err)
		}
		if _, err := b.Preflight(t.Context(), Options{Input: path}); !errors.Is(err, ErrInput) ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("Preflight: %v", err)
		}
	}
}

// TestADeviceIsNoOutput, not even by force: the output is written beside it and renamed, which would replace it.
func TestADeviceIsNoOutput(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "out.jsonl")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	b := open(t, dir, newFake(echo), nil)
	for _, path := range []string{pipe, "/dev/null"} {
		_, err := b.Start(Options{Input: file(t, dir, "in.txt", prompts(1)), Out: path, Force: true})
		if !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "not a file but a device") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestAPipeFromTheShellIsRead(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.WriteString("one\ntwo\n"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/dev/fd/%d", r.Fd())
	if _, err := os.Stat(path); err != nil {
		return // a system without such paths
	}
	b := open(t, t.TempDir(), newFake(echo), nil)
	if h := wait(t, b, start(t, b, Options{Input: path})); h.OK != 2 {
		t.Errorf("%+v", h)
	}
}

// TestAnOutputNeverReplacesItsInput, however it is named, and not by force.
func TestAnOutputNeverReplacesItsInput(t *testing.T) {
	dir := t.TempDir()
	in := file(t, dir, "in.errors.jsonl", "\"one\"\n")
	if err := errors.Join(os.Symlink(dir, filepath.Join(dir, "link")), os.Symlink(in, filepath.Join(dir, "alias")),
		os.Link(in, filepath.Join(dir, "second"))); err != nil {
		t.Fatal(err)
	}
	b := open(t, dir, newFake(echo), nil)
	for _, out := range []string{"in.errors.jsonl", "link/in.errors.jsonl", "link/../in.errors.jsonl", "alias", "second",
		"in.jsonl", "link/in.csv"} { // of the last two, the file of the rows that failed
		_, err := b.Start(Options{Input: in, Out: filepath.Join(dir, out), Force: true})
		if !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "would replace the input") {
			t.Errorf("%s: %v", out, err)
		}
	}
}
