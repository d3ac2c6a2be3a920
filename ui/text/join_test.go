package text

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// together is what a text is after it was wrapped and put together again.
func together(s string, w int) string {
	var j Joiner
	lines, joins := WrapJoined(s, w)
	for i, l := range lines {
		j.Add(l, joins[i])
	}
	return j.String()
}

func TestWrapJoined(t *testing.T) {
	for _, tc := range []struct {
		in    string
		w     int
		lines []string
		joins []Join
	}{
		{"one two three", 8, []string{"one two", "three"}, []Join{Apart, Spaced}},
		{"one\n\ntwo", 8, []string{"one", "", "two"}, []Join{Apart, Apart, Apart}},
		{"abcdefghij k", 8, []string{"abcdefgh", "ij k"}, []Join{Apart, MidWord}},
		{"well-known", 8, []string{"well-", "known"}, []Join{Apart, MidWord}},
		{"漢字かな交じり", 8, []string{"漢字かな", "交じり"}, []Join{Apart, MidWord}},
		{"", 8, []string{""}, []Join{Apart}},
	} {
		lines, joins := WrapJoined(tc.in, tc.w)
		if !slices.Equal(lines, tc.lines) || !slices.Equal(joins, tc.joins) {
			t.Errorf("%q: %q %v, want %q %v", tc.in, lines, joins, tc.lines, tc.joins)
		}
		if got := together(tc.in, tc.w); got != tc.in {
			t.Errorf("%q came back as %q", tc.in, got)
		}
	}
}

func TestJoinerKeepsBlanksOnlyWithinABrokenWord(t *testing.T) {
	var j Joiner
	for _, l := range []struct {
		line string
		how  Join
	}{{"first  ", MidWord}, {"f(a,  ", Apart}, {"  b)  ", MidWord}, {"", Apart}, {"x ", Apart}, {"y ", Spaced}} {
		j.Add(l.line, l.how)
	}
	if got, want := j.String(), "first\nf(a,    b)\n\nx y"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var behind Joiner // only the end of the line above was marked
	behind.Add("", Apart)
	behind.Add("goes on", Spaced)
	if got := behind.String(); got != "goes on" {
		t.Errorf("got %q", got)
	}
}

// FuzzWrapJoined: whatever the width, the lines make the text again, but for blanks in a row, of which one stays
// where a line was broken.
func FuzzWrapJoined(f *testing.F) {
	for _, s := range []string{"one two three", "漢字かな交じり文です。 漢字", "a-b-c-d-e-f", "Tiếng Việt: ữ ộ ề", "👩‍👩‍👧‍👦🇫🇷👍🏽 ok",
		"x\n\ny  z\n"} {
		f.Add(s, uint8(7))
	}
	blanks := regexp.MustCompile(" +")
	f.Fuzz(func(t *testing.T, s string, w uint8) {
		s = strings.Map(func(r rune) rune {
			if r != '\n' && unicode.IsSpace(r) {
				return ' '
			}
			return r
		}, Clean(s))
		var want []string
		for l := range strings.SplitSeq(s, "\n") {
			want = append(want, strings.Trim(blanks.ReplaceAllString(l, " "), " "))
		}
		s = strings.Join(want, "\n")
		if got := together(s, 2+int(w)%80); got != s {
			t.Errorf("got %q, want %q", got, s)
		}
	})
}
