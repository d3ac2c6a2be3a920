package markdown

import (
	"fmt"
	"strings"
	"testing"
)

func TestTablesKeepTheirWords(t *testing.T) {
	st := testStyles(t)
	in := "| model | note |\n|---|---|\n| gemini-2.5-flash | fast and cheap, good for batches of short prompts |\n" +
		"| gpt-4.1 | careful |\n"
	got := plainText(draw(t, st, 44, in))
	want := "model             note\n--------------------------------------------\n" +
		"gemini-2.5-flash  fast and cheap, good for\n                  batches of short prompts\n\n" +
		"gpt-4.1           careful\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A row without the indentation of its item is in the item, and so is what comes behind it.
func TestRowsLeftOfTheirItem(t *testing.T) {
	table(t, 40, [][2]string{
		{"- a | b\n  --|--\nc | d\n\n  e\n- f", "- a  b\n  ----\n  c  d\n\n  e\n- f"},
	})
}

func TestBarsBehindBackslashes(t *testing.T) {
	table(t, 40, [][2]string{
		{"| a | b |\n|---|---|\n| c \\| d | e \\\\|", "a      b\n----------\nc | d  e \\"},
		{"a | \\|\n-|-", "a  |\n----"},
	})
}

// A table of more columns than have width loses none of them.
func TestWideTablesAreDrawnRowByRow(t *testing.T) {
	var head, rule, row strings.Builder
	for i := range 60 {
		fmt.Fprintf(&head, "| col %d ", i)
		rule.WriteString("|---")
		fmt.Fprintf(&row, "| value%d ", i)
	}
	in := head.String() + "|\n" + rule.String() + "|\n" + row.String() + "|\n" + row.String() + "|\n"
	got := plainText(draw(t, testStyles(t), 80, in))
	for i := range 60 {
		if n := strings.Count(got, fmt.Sprintf("col %-2d  value%d\n", i, i)); n != 2 {
			t.Fatalf("column %d is there %d times:\n%s", i, n, got)
		}
	}
}

func TestColumnsShrinkToTheirWordsFirst(t *testing.T) {
	for _, tt := range []struct {
		want, least []int
		width       int
		out         string
	}{
		{[]int{5, 10}, []int{5, 5}, 20, "[5 10]"},
		{[]int{10, 40}, []int{10, 6}, 30, "[10 20]"},
		{[]int{12, 12, 40}, []int{12, 12, 8}, 34, "[12 12 10]"},
		{[]int{20, 20}, []int{20, 20}, 30, "[15 15]"},
		{[]int{20, 20, 20}, []int{20, 20, 20}, 3, "[3 3 3]"},
	} {
		if got := fmt.Sprint(columnWidths(tt.want, tt.least, tt.width)); got != tt.out {
			t.Errorf("%v %v in %d: %s, want %s", tt.want, tt.least, tt.width, got, tt.out)
		}
	}
}
