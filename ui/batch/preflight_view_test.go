package batch

import (
	"slices"
	"strings"
	"testing"
)

// TestSectionsStandAlikeOnALowScreen: the blank lines between the sections of a dialog are all there, or none is.
func TestSectionsStandAlikeOnALowScreen(t *testing.T) {
	all := []row{{rank: margin}, {text: "a"}, {rank: gap}, {text: "b"}, {text: "n", rank: nice}, {rank: gap},
		{text: "c"}}
	for n, want := range map[int]string{7: "|a||b|n||c", 6: "a||b|n||c", 5: "a|b|n|c", 4: "a|b|n|c", 3: "a|b|c"} {
		var got []string
		for _, r := range squeeze(slices.Clone(all), n) {
			got = append(got, r.text)
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("in %d lines: %s, want %s", n, s, want)
		}
	}
}
