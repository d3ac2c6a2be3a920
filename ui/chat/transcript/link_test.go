package transcript

import (
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/themes"
	"relaytop/ui/style"
)

// TestMarkingALinkKeepsItsAddress: what is painted over a drawn line shows the same characters as before, and each
// link in it is whole: its address as it was, and an end on the same line.
func TestMarkingALinkKeepsItsAddress(t *testing.T) {
	const address = "https://example.com/?a=1;27m&b=0;48;2;41;45;73m"
	one := regexp.MustCompile("\x1b\\]8;;" + regexp.QuoteMeta(address) + "\x1b\\\\[^\n]*?\x1b\\]8;;\x1b\\\\")
	for _, theme := range []string{"dark", "mono"} {
		p := open(t, 60, 24, question(1, "Where?"), ended(2, "first ["+strings.Repeat("linked words ", 12)+"end]("+
			address+") last ;27m 0;48;2;26;27;38m", relay.StatusOK))
		th, err := themes.Load(theme)
		if err != nil {
			t.Fatal(err)
		}
		p.look.Styles = style.New(th, style.Options{Generation: 2})
		p.SetLook(p.look)
		before := strings.Join(p.painted(), "\n")
		want := len(one.FindAllString(before, -1))
		if want < 3 {
			t.Fatalf("%s: %d links are drawn: %q", theme, want, before)
		}
		for _, to := range []string{"linked", "words", "end", "last"} {
			p.later()
			p.drag("first", to)
			after := strings.Join(p.painted(), "\n")
			if after == before || ansi.Strip(after) != ansi.Strip(before) {
				t.Errorf("%s, to %s: other characters than before:\n%s", theme, to, ansi.Strip(after))
			}
			rest := one.ReplaceAllString(after, "")
			if n := len(one.FindAllString(after, -1)); n < want || strings.Contains(rest, "example") {
				t.Errorf("%s, to %s: %d links, %d before; the rest is %q", theme, to, n, want, rest)
			}
		}
	}
}
