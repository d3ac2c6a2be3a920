package wire

import (
	"strings"
	"testing"
)

func TestVisible(t *testing.T) {
	for s, want := range map[string]bool{
		"a": true, "漢": true, "👩‍👩‍👧": true, " x ": true, "": false, " \n\t": false, "\x00\x7f": false,
		"\u200b\u200d\ufeff\u2060": false, "\u3164\u2800": false, "\u00a0": false,
	} {
		if Visible(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}

func TestLinesAreCapped(t *testing.T) {
	long := strings.Repeat("é", 5000)
	if s := OneLine("a\r\n b\x1b" + long); !strings.HasPrefix(s, "a b␛é") || len(s) > MaxLine+len("…") ||
		!strings.HasSuffix(s, "é…") {
		t.Errorf("%q", s)
	}
	if s := Name("m\n1" + long); !strings.HasPrefix(s, "m 1é") || len(s) > maxName+len("…") ||
		!strings.HasSuffix(s, "é…") {
		t.Errorf("%q", s)
	}
	usual := "gpt-4.1-2025-04-14"
	if n := testing.AllocsPerRun(10, func() { _ = Name(usual) }); n != 0 || Name(usual) != usual {
		t.Errorf("%v allocations for %s", n, Name(usual))
	}
}

// TestJoiner: an emoji whose two halves come in two chunks.
func TestJoiner(t *testing.T) {
	var j Joiner
	var text strings.Builder
	for _, data := range []string{delta(`{"content":"a\ud83d"}`), finish("stop"), delta(`{"content":"\ude00b\ud83d"}`)} {
		c, err := Decode([]byte(data))
		if err != nil {
			t.Fatal(err)
		}
		j.Join(&c)
		text.WriteString(c.Content)
	}
	content, reasoning := j.Rest()
	if got := text.String() + content; got != "a😀b\ufffd" || reasoning != "" {
		t.Errorf("%q %q", got, reasoning)
	}
}
