package ui

import (
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// shieldedWhole is a stream as the shield passes it on, read n bytes at a time.
func shieldedWhole(in string, n int) string {
	s := &shielded{}
	var out strings.Builder
	for len(in) > 0 {
		k := min(n, len(in))
		out.Write(s.pass([]byte(in[:k])))
		in = in[k:]
	}
	return out.String()
}

func TestAPasteIsShielded(t *testing.T) {
	for name, c := range map[string]struct{ pasted, text string }{
		"an open title":     {"a\x1b]0;no end", "a␛]0;no end"},
		"a device string":   {"\x1bPq\x1b_x\x1b^y", "␛Pq␛_x␛^y"},
		"a clipboard":       {"A\x1b]52;c;aGk=\aB", "A␛]52;c;aGk=␇B"},
		"controls":          {"a\x00\x02\x04\x7fb", "a␀␂␄␡b"},
		"C1":                {"a\u009b31m\u0090b", "a\ufffd31m\ufffdb"},
		"no UTF-8":          {"a\xff\xfe\x9bb", "a\ufffd\ufffd\ufffdb"},
		"half of an end":    {"a\x1b[201b\x1b[20\x1b", "a␛[201b␛[20␛"},
		"lines":             {"a\r\n\tb 世界 🙂", "a\r\n\tb 世界 🙂"},
		"another beginning": {"a\x1b[200~b", "a␛[200~b"},
	} {
		t.Run(name, func(t *testing.T) {
			in := "x\x1b[A" + pasteBegin + c.pasted + pasteEnd + "\x1b[By\x1b"
			want := shieldedWhole(in, len(in))
			head, rest, _ := strings.Cut(want, pasteBegin)
			inner, tail, ok := strings.Cut(rest, pasteEnd)
			if head != "x\x1b[A" || tail != "\x1b[By\x1b" || !ok || unshield(inner) != c.text {
				t.Errorf("%q, unshielded %q, want %q", want, unshield(inner), c.text)
			}
			if i := strings.IndexFunc(inner, func(r rune) bool {
				return r < ' ' && r != '\n' && r != '\r' && r != '\t' ||
					r >= 0x7f && r < 0xa0
			}); i >= 0 {
				t.Errorf("a control character passes in %q", inner)
			}
			for n := 1; n < 9; n++ {
				if got := shieldedWhole(in, n); got != want {
					t.Errorf("by %d bytes: %q, want %q", n, got, want)
				}
			}
		})
	}
	s := &shielded{}
	s.pass([]byte(pasteBegin + "lost"))
	if got := string(s.pass([]byte{ctrlC})); got != pasteEnd+"\x03" || s.pasting {
		t.Errorf("no way out of a paste without an end: %q", got)
	}
}

func FuzzShield(f *testing.F) {
	f.Add("a\x1b]0;x"+pasteEnd+"b"+pasteBegin+"\xe4\xb8", 3)
	f.Fuzz(func(t *testing.T, in string, n int) {
		n = max(1, n&15)
		if len(in) > n && in[n-1] == ctrlC {
			return // alone in a read it ends the paste
		}
		in = strings.ReplaceAll(in, "\x03", "")
		if a, b := shieldedWhole(in, len(in)+1), shieldedWhole(in, n); a != b {
			t.Errorf("%q by %d: %q and %q", in, n, a, b)
		}
		if out := shieldedWhole(in, len(in)+1); len(out) > len(in)*maxWidth+len(pasteEnd) || utf8.ValidString(in) &&
			!utf8.ValidString(out) {
			t.Errorf("%q becomes %q", in, out)
		}
	})
}

// TestPastesArriveWhole: control characters reach the composer as their pictures.
func TestPastesArriveWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, 80, 24)
		defer d.stop()
		d.Send(tea.PasteMsg{Content: strings.TrimSuffix(shieldedWhole(pasteBegin+"log \x1b[31mred"+pasteEnd,
			64)[len(pasteBegin):], pasteEnd)})
		if got := d.root.View().Content; !strings.Contains(got, "log ␛[31mred") {
			t.Errorf("the composer shows %q", got)
		}
	})
}
