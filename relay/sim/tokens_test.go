package sim

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTokenise(t *testing.T) {
	for text, want := range map[string]string{
		"Hello, world":     "Hello|,| world",
		"internationally":  "intern|ationa|lly",
		"静夜思":              "静|夜|思",
		"a\n\n  b":         "a|\n\n  |b",
		"Phở bò":           "Phở| bò",
		"12345 🍜":          "123|45| |🍜",
		"**b**":            "**|b|**",
		"":                 "",
		" ":                " ",
		"x \xff\xfe":       "x| |\xff|\xfe",
		"cafe\u0301 crème": "cafe\u0301| crème",
	} {
		if got := strings.Join(Tokenise(text), "|"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzTokenise(f *testing.F) {
	f.Add("Xin chào, 你好 👩‍👩‍👧‍👦 done")
	f.Add(" \xff x")
	f.Fuzz(func(t *testing.T, text string) {
		tokens := Tokenise(text)
		if strings.Join(tokens, "") != text || CountTokens(text) != len(tokens) {
			t.Fatalf("%q came apart as %q", text, tokens)
		}
		for i, tok := range tokens {
			if utf8.ValidString(text) && !utf8.ValidString(tok) {
				t.Fatalf("token %q of %q", tok, text)
			}
			// The count of what was sent so far is the count of its tokens.
			if n := CountTokens(strings.Join(tokens[:i], "")); n != i {
				t.Fatalf("%d tokens of %q count as %d", i, text, n)
			}
		}
	})
}
