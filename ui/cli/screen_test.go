package cli

import (
	"io"
	"testing"

	"github.com/creack/pty"
)

// onScreen returns what write prints on a terminal of the given width.
func onScreen(t *testing.T, width int, write func(*console) error) string {
	t.Helper()
	far, near, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	if err := pty.Setsize(near, &pty.Winsize{Rows: 50, Cols: uint16(width)}); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TERM", "dumb")
	all := make(chan string, 1)
	go func() {
		raw, _ := io.ReadAll(far) // it ends with EIO when the other end is closed
		all <- string(raw)
	}()
	c := &console{}
	c.Stdout, c.Stderr = near, near
	if err := write(c); err != nil {
		t.Error(err)
	}
	if err := near.Close(); err != nil {
		t.Fatal(err)
	}
	return <-all
}
