package batch

import (
	"slices"
	"strings"
	"testing"

	"relaytop/ui/uitest"
	"relaytop/ui/widget"
)

func TestWordsAreFoundInAWholeRow(t *testing.T) {
	inFull(t, answeredRow, 120, 34, func(d *uitest.Driver, root *dialogs, _ *fake) {
		top := root.stack.Top().(*wholeRow)
		d.Press("/")
		d.Type("LIMIT")
		d.Expect("LIMIT", "1 of 4 lines", "the limit is reached")
		if top.Cursor() == nil {
			t.Error("no cursor where one types")
		}
		d.Press("enter")
		d.Golden("whole-find-120x34")
		first := top.scroll.top
		d.Press("n", "n", "n")
		d.Expect("4 of 4 lines", "the limit is tested before a deploy")
		if top.scroll.top <= first || top.n != 118 {
			t.Errorf("it did not scroll to the hit: line %d, before %d; row %d", top.scroll.top, first, top.n)
		}
		d.Press("n")
		d.Expect("1 of 4 lines")
		d.Press("N")
		d.Expect("4 of 4 lines")
		d.Press("p")
		d.Expect("not found")
		d.Press("esc")
		d.Refuse("find LIMIT", "not found")
		d.Press("n")
		if top.n != 119 {
			t.Errorf("n shows row %d once nothing is searched for", top.n)
		}
		d.Press("p", "/")
		d.Paste("deploy")
		d.Expect("deploy", "of 3 lines")
		d.Press("esc", "esc")
		if !root.stack.Empty() {
			t.Error("esc does not close it")
		}
	})
}

func TestTheHintsOfAFind(t *testing.T) {
	inFull(t, answeredRow, 120, 34, func(d *uitest.Driver, root *dialogs, _ *fake) {
		has := func(key, does string) bool {
			return slices.Contains(root.stack.Top().Hints(), widget.Hint{Key: key, Does: does})
		}
		if !has("/", "find") || !has("n/N", "row") {
			t.Errorf("%v", root.stack.Top().Hints())
		}
		d.Press("/")
		d.Type("limit")
		if d.Press("enter"); !has("n/N", "next hit") || !has("esc", "end") {
			t.Errorf("%v", root.stack.Top().Hints())
		}
		body := root.stack.Top().View(120, 34).Body
		if chip := root.pane.env.Styles.OnAccent.Paint("limit"); !strings.Contains(body, chip) {
			t.Errorf("the words are not marked: %q", body)
		}
	})
}
