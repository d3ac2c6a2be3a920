package overlay

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"relaytop/themes"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

// corner is a small dialog in the middle of the screen.
type corner struct {
	probe
	body string
	w    int
}

func (c *corner) View(w, h int) Box { return Box{W: c.w, H: 3, Body: c.body} }

func draw(s *Stack, rows []string, w int) []string {
	return strings.Split(s.Over(strings.Join(rows, "\n"), w, len(rows)), "\n")
}

func cells(rows []string, w int) uv.ScreenBuffer {
	buf := uv.NewScreenBuffer(w, len(rows))
	uv.NewStyledString(strings.Join(rows, "\n")).Draw(buf, buf.Bounds())
	return buf
}

func TestBehindADialogTextIsKeptAndColourIsNot(t *testing.T) {
	for _, theme := range []string{"dark", "light", "mono"} {
		st := look(t, theme)
		s := NewStack(&pane.Env{Styles: st})
		s.Push(&corner{w: 10})
		rows := strings.Split(screen(st, 100, 9), "\n")
		got := draw(s, rows, 100)
		if ansi.Strip(got[0]) != ansi.Strip(rows[0]) {
			t.Errorf("%s: the text changed: %q", theme, ansi.Strip(got[0]))
		}
		quiet := []uv.Style{
			cellStyle(st.Dim), cellStyle(st.Dim.On(style.Panel)), cellStyle(st.Grid), cellStyle(st.Grid.On(style.Panel)),
		}
		seen := map[int]bool{}
		buf := cells(got, 100)
		for x := range 100 {
			c := buf.CellAt(x, 0)
			n := slices.IndexFunc(quiet, func(q uv.Style) bool { return q.Equal(&c.Style) })
			if n < 0 && c.Width > 0 {
				t.Errorf("%s: cell %d, %q, is not dimmed: %+v", theme, x, c.Content, c.Style)
			}
			seen[n] = true
		}
		if st.Colour && !(seen[0] && seen[1] && seen[3]) {
			t.Errorf("%s: grounds or solid areas are lost: %v", theme, seen)
		}
	}
}

// TestALinkBehindADialog: the address of a link is never shown behind a dialog, and can't be clicked there, however the
// link's sequences end and whatever the address holds.
func TestALinkBehindADialog(t *testing.T) {
	s := stackWith(t, &corner{w: 10})
	for _, end := range []string{"\a", "\x1b\\"} {
		for _, to := range []string{";https://example.com/many", "id=m;https://example.com/?a=1;27m&b=[0;48;2;1;2;3m%C3%9C"} {
			link := "\x1b]8;" + to + end + s.env.Styles.Accent.Paint("the paper is linked") + "\x1b]8;;" + end
			for x := range 40 { // the dialog cuts it at every place
				row := widget.Fit(widget.Blank(x)+link, 40)
				got := s.Over(strings.Repeat(row+"\n", 8)+row, 40, 9)
				if strings.Contains(got, "example") || strings.Contains(got, "]8;") {
					t.Fatalf("from cell %d the address shows: %q", x, got)
				}
				if x < 20 && strings.Count(ansi.Strip(got), "the paper is linked") != 6 {
					t.Fatalf("from cell %d the text is gone:\n%s", x, ansi.Strip(got))
				}
				for _, line := range strings.Split(got, "\n") {
					if widget.Width(line) != 40 {
						t.Fatalf("from cell %d a line is not 40 cells wide: %q", x, line)
					}
				}
			}
		}
	}
}

// TestOnlyWhatChangedIsComposed: after any change the rows are those that a new stack would compose.
func TestOnlyWhatChangedIsComposed(t *testing.T) {
	st := look(t, "dark")
	under, over := &corner{w: 30, body: "first, and longer than what lies above it"}, &corner{w: 10, body: "above"}
	s := NewStack(&pane.Env{Styles: st})
	s.Push(under)
	rows := strings.Split(screen(st, 60, 12), "\n")
	check := func(what string) {
		t.Helper()
		got := draw(s, rows, 60)
		fresh := NewStack(s.env)
		for _, d := range s.dialogs {
			fresh.Push(d.Dialog)
		}
		if want := draw(fresh, rows, 60); !slices.Equal(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", what, got, want)
		}
	}
	check("at first")
	check("again")
	for i := range rows {
		rows = slices.Clone(rows)
		rows[i] = widget.Fit(st.Accent.Paint(fmt.Sprint("row ", i)), 60)
		check("a row streams")
	}
	under.body = "second, and longer than what lies above it"
	check("the dialog says something else")
	s.Push(over)
	check("a dialog over it")
	over.body, under.body = "other", "third, and longer than what lies above it"
	check("both change")
	s.dialogs = s.dialogs[:len(s.dialogs)-1]
	check("one is closed")
	rows = rows[:8]
	check("a lower screen")
	light, err := themes.Load("light")
	if err != nil {
		t.Fatal(err)
	}
	s.env.Styles = style.New(light, style.Options{Generation: st.Generation + 1})
	check("another look")
}

func TestADialogThatMovesIsComposedAgain(t *testing.T) {
	var l layers
	st := look(t, "dark")
	rows := []string{widget.Blank(20), widget.Blank(20)}
	for _, x := range []int{2, 9, 0} {
		got := l.over(st, rows, []picture{{x: x, y: 1, lines: []string{"dialog"}}}, 20)
		if want := widget.Fit(widget.Blank(x)+"dialog", 20); ansi.Strip(got[1]) != want {
			t.Errorf("%q, want %q", ansi.Strip(got[1]), want)
		}
	}
}

// TestWideCharactersKeepTheirPlace: what stands behind one is where it was.
func TestWideCharactersKeepTheirPlace(t *testing.T) {
	st := look(t, "dark")
	for _, wide := range []string{"漢字", "👩‍👩‍👧", "🇩🇪", "❤️", "👍🏽"} {
		s := NewStack(&pane.Env{Styles: st})
		s.Push(&corner{w: 6})
		row := widget.Fit(st.Text.Paint(wide+"|"), 30)
		if got := draw(s, []string{row, row, row, row, row}, 30)[0]; ansi.Strip(got) != ansi.Strip(row) {
			t.Errorf("%q, want %q", ansi.Strip(got), ansi.Strip(row))
		}
	}
}

// TestSolidAreasAreQuieterThanText: bars are drawn as the grid is; a bar beside text, and light shade, are text.
func TestSolidAreasAreQuieterThanText(t *testing.T) {
	st := look(t, "dark")
	s := NewStack(&pane.Env{Styles: st})
	s.Push(&corner{w: 6})
	row := widget.Fit(st.Accent.Paint("a▌░▀█▓"), 30)
	buf := cells(draw(s, []string{row, row, row, row, row}, 30), 30)
	for x, ink := range []style.Ink{st.Dim, st.Dim, st.Dim, st.Grid, st.Grid, st.Grid} {
		want := cellStyle(ink)
		if c := buf.CellAt(x, 0); !want.Equal(&c.Style) {
			t.Errorf("%q is drawn as %+v", c.Content, c.Style)
		}
	}
}
