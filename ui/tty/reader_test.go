//go:build linux

package tty

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"

	"relaytop/ui/uitest"
)

// openTerminal returns the end of a terminal that someone types at, and a reader of the other one.
func openTerminal(t *testing.T) (keys *os.File, r *Reader) {
	t.Helper()
	near, far, err := uitest.OpenPTY(80, 24)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close(); far.Close() })
	r, ok := Filter(far).(*Reader)
	if _, isTerminal := io.Reader(r).(term.File); !ok || !isTerminal || !term.IsTerminal(r.Fd()) {
		t.Fatal("the program would not take it for a terminal")
	}
	if _, err := term.MakeRaw(r.Fd()); err != nil {
		t.Fatal(err)
	}
	return near, r
}

// TestReaderDecidesWithoutMoreInput: a key that may begin a sequence, a line end that may go on, and ctrl+c in a paste
// are read though nothing follows; a sequence is read whole.
func TestReaderDecidesWithoutMoreInput(t *testing.T) {
	for _, c := range []struct {
		sent, want string
		least      time.Duration
	}{
		{"\x1b", escapeKey, keyGap}, {"\x1b[", altKey('['), keyGap}, {"\r", "\r", burstGap}, {"a", "a", burstGap},
		{"hello\r", pasteBegin + "hello" + pasteEnd + "\r", burstGap}, {"\x1b[<0;1;1M", "\x1b[<0;1;1M", 0},
		{"\x1b[200~ab", pasteBegin + "ab", 0}, {"\x03", pasteEnd + "\x03", burstGap},
	} {
		keys, r := openTerminal(t)
		if c.sent == "\x03" {
			r.filter.paste.on = true
		}
		start := time.Now()
		if _, err := keys.WriteString(c.sent); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 4096)
		n, err := r.Read(buf)
		if took := time.Since(start); err != nil || string(buf[:n]) != c.want || took < c.least {
			t.Errorf("%q is %q after %v, %v; want %q", c.sent, buf[:n], took, err, c.want)
		}
	}
}

// TestReaderFitsIntoARead: what is read at once is never more than a Read takes, and nothing is lost by a small one.
func TestReaderFitsIntoARead(t *testing.T) {
	answer := "\x1b]11;rgb:" + strings.Repeat("f", 400) + "\a"
	for name, sent := range map[string]string{
		"letters and keys":      strings.Repeat("a\x01\x1bB\x1b\xffxyz\r\x01", 3000),
		"answers behind a key":  strings.Repeat("a"+strings.Repeat(answer, 30), 4),
		"answers behind a line": strings.Repeat("\r"+strings.Repeat(answer, 30), 4),
	} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{7, 4096} {
				fitsIntoARead(t, sent, size)
			}
		})
	}
}

func fitsIntoARead(t *testing.T, sent string, size int) {
	t.Helper()
	var want played
	want.play(sent)
	keys, r := openTerminal(t)
	wrote := make(chan error, 1)
	go func() {
		_, err := keys.WriteString(sent + "\x1b[1;1R")
		wrote <- err
	}()
	var got strings.Builder
	for buf := make([]byte, size); !strings.HasSuffix(got.String(), "\x1b[1;1R"); {
		n, err := r.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		got.Write(buf[:n])
		if size == 4096 && len(r.rest) > 0 {
			t.Fatalf("%d bytes are left over: the program would not ask for them", len(r.rest))
		}
	}
	if err := <-wrote; err != nil {
		t.Error(err)
	}
	marks := strings.NewReplacer(pasteBegin, "", pasteEnd, "", "\x1b[65533u", string(rune(notUTF8))) // cut or not
	if a, b := marks.Replace(got.String()), marks.Replace(want.end())+"\x1b[1;1R"; a != b {
		t.Errorf("by %d bytes: %d bytes, want %d", size, len(a), len(b))
	}
}

// TestReaderEnds: what is held is read before the error.
func TestReaderEnds(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := out.WriteString("a\x1b"); err != nil {
		t.Fatal(err)
	}
	out.Close()
	got, err := io.ReadAll(Filter(in))
	if err != nil || string(got) != "a"+escapeKey {
		t.Errorf("%q, %v", got, err)
	}
	if r := strings.NewReader(""); Filter(r) != io.Reader(r) {
		t.Error("an input that is not a file is not returned as it is")
	}
	if _, err := Filter(in).Read(make([]byte, 8)); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}
