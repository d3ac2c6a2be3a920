package markdown

import (
	"slices"
	"strings"
	"testing"
)

func TestQuotesAndFootnotes(t *testing.T) {
	table(t, 40, [][2]string{
		{"> a\n> > b\n> > - c\nd\n\ne", "| a\n| | b\n| | - c d\n\ne"},
		{"> a\n\n> b", "| a\n\n| b"},
		{"> [!WARNING]\n> Be *careful*.\n>\n> - x", "| WARNING\n| Be careful.\n|\n| - x"},
		{"> [!note]\n> x\n\n> [!NOTE] titled\n> [!CUSTOM]", "| note\n| x\n\n| [!NOTE] titled [!CUSTOM]"},
		{"> ```go\n> x := 1\n>\n> y\n> ```\n> after",
			"|   go                   [1] 1y copies\n|   x := 1\n|\n|   y\n|\n| after"},
		{"> ```\n> x\nout *of* it", "|                        [1] 1y copies\n|   x\n\nout of it"},
		{"- a\n  > q\n  > 1. r\n- b", "- a\n  | q\n  | 1. r\n- b"},
		{"- > q\n  > r", "- | q r"},
		{"> a\n    # b *c*\n    ~~~", "| a # b c ~~~"},
		{"x[^1] [^no]\n\n[^1]: The *note*\n    goes on.\n\n    - more\n[^2]: Two\n\nend",
			"x[1] [^no]\n\n[1]: The note goes on.\n\n     - more\n[2]: Two\n\nend"},
		{"x[^a-long-label]\n\n[^a-long-label]: note", "x[a-long-label]\n\n[a-long-label]:\n    note"},
	})
}

func TestNothingOfALineIsDropped(t *testing.T) {
	table(t, 40, [][2]string{
		{"# C#\n## Head ##\n### #", "C#\n\nHead\n\n### #"},
		{"| a |\n|---|\n| 1 | 2 | 3 |", "a\n-------\n1  2  3"},
		{"| a |\n|---|\n|" + strings.Repeat("x|", 12), "a  x\n" + strings.Repeat("   x\n", 7) +
			"   x | x | x | x"},
		{"1. a\n3. b\n05. c\n\n7) x\n7) y", "1. a\n3. b\n05. c\n\n7) x\n8) y"},
		{"- [x]      done", "+ done"},
		{"```\na\n        ```\nb\n```", "                         [1] 1y copies\n  a\n          ```\n  b"},
	})
}

// Code blocks in quotes have their numbers, and are copied without the marks of the quotes.
func TestCodeInQuotesIsCopied(t *testing.T) {
	got := CodeBlocks("```\na\n```\n> ```py\n> if x:\n>     y\n> ```\n> > ~~~\n> > z\n\n- > ```\n  > w\n  > ```")
	want := []Code{{"", "a"}, {"py", "if x:\n    y"}, {"", "z"}, {"", "w"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A row of thousands of cells costs no more than its length.
func BenchmarkRowOfManyCells(b *testing.B) {
	for b.Loop() {
		draw(b, testStyles(b), 80, "| a |\n|---|\n"+strings.Repeat("|", 4000)+"\n")
	}
}
