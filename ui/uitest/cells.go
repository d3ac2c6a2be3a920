package uitest

import (
	"fmt"
	"image/color"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// GoldenCells compares every cell of a view with testdata/NAME.cells: its glyph, its colours and its attributes.
// Run with UPDATE_GOLDEN=1 to write the file.
func GoldenCells(t *testing.T, name, view string) {
	t.Helper()
	compare(t, name+".cells", Cells(view))
}

// Cells describes a view cell by cell, in three parts with a blank line between them: the text; for each row, or each
// range of equal rows, the runs of cells that share a style, as a letter and a number of cells; and the style of each
// letter. A colour that changes everywhere changes one line of the last part.
func Cells(view string) string {
	buf := draw(view)

	var text, rows strings.Builder
	var styles legend
	var last string
	first := 0
	end := func(next int) {
		switch {
		case first == next-1:
			fmt.Fprintf(&rows, "%d:%s\n", next, last)
		case next > 0:
			fmt.Fprintf(&rows, "%d-%d:%s\n", first+1, next, last)
		}
	}
	for y := range buf.Height() {
		line, runs := buf.Line(y), ""
		text.WriteString(strings.TrimRight(line.String(), " "))
		text.WriteByte('\n')
		for x := 0; x < len(line); {
			name, start := styles.letter(&line[x]), x
			for x < len(line) && styles.letter(&line[x]) == name {
				x += max(line[x].Width, 1)
			}
			runs += fmt.Sprintf(" %s%d", name, x-start)
		}
		if runs != last {
			end(y)
			first, last = y, runs
		}
	}
	end(buf.Height())
	return text.String() + "\n" + rows.String() + "\n" + styles.String()
}

// legend names the styles of a screen in the order in which they appear.
type legend struct {
	styles  []string
	letters map[string]string
}

func (l *legend) letter(c *uv.Cell) string {
	st := describe(c)
	if name, ok := l.letters[st]; ok {
		return name
	}
	if l.letters == nil {
		l.letters = map[string]string{}
	}
	const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	n := len(l.styles)
	name := string(alphabet[n%len(alphabet)])
	if round := n / len(alphabet); round > 0 {
		name = string(alphabet[round-1]) + name
	}
	l.styles = append(l.styles, name+" "+st)
	l.letters[st] = name
	return name
}

func (l *legend) String() string { return strings.Join(l.styles, "\n") + "\n" }

// describe is a cell's style in words: "#d9dcee on #1a1b26 bold".
func describe(c *uv.Cell) string {
	look := colour(c.Style.Fg) + " on " + colour(c.Style.Bg)
	for i, attribute := range [...]string{
		"bold", "faint", "italic", "blink", "rapid-blink", "reverse", "conceal", "strikethrough",
	} {
		if c.Style.Attrs&(1<<i) != 0 {
			look += " " + attribute
		}
	}
	if c.Style.Underline != uv.UnderlineNone {
		look += fmt.Sprintf(" underline-%d", c.Style.Underline)
	}
	if c.Style.UnderlineColor != nil {
		look += " in " + colour(c.Style.UnderlineColor)
	}
	if c.Link.URL != "" {
		look += " link " + c.Link.URL
	}
	return look
}

// colour is a colour as the terminal gets it: "-" is its default, a number one of its palette.
func colour(c color.Color) string {
	switch c := c.(type) {
	case nil:
		return "-"
	case ansi.BasicColor:
		return fmt.Sprint(int(c))
	case ansi.IndexedColor:
		return fmt.Sprint(int(c))
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
