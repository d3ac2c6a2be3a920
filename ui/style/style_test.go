package style

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"relaytop/themes"
)

func load(t *testing.T, name string, o Options) *Styles {
	t.Helper()
	theme, err := themes.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return New(theme, o)
}

func TestPaintSetsBothColoursAndEndsOnTheScreen(t *testing.T) {
	s := load(t, "dark", Options{})
	both := regexp.MustCompile(`^\x1b\[0;[0-9;]*38;2;[0-9;]+;48;2;[0-9;]+mx` +
		`\x1b\[0;38;2;217;220;238;48;2;26;27;38m$`)
	for name, got := range map[string]string{
		"plain":  s.Accent.Paint("x"),
		"looks":  s.Accent.Bold().Italic().On(Sel).Paint("x"),
		"chip":   s.OnAccent.Bold().Paint("x"),
		"ground": s.Text.On(Panel).Paint("x"),
	} {
		if !both.MatchString(got) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := s.Text.Paint(""); got != "" {
		t.Errorf("nothing is painted as %q", got)
	}
}

func TestNoColourHasAttributesOnly(t *testing.T) {
	for _, s := range []*Styles{load(t, "mono", Options{}), load(t, "dark", Options{NoColor: true})} {
		for _, got := range []string{s.Heat[4].Paint("x"), s.OnAccent.Paint("x"), s.Text.On(Sel).Bold().Paint("x"),
			s.Start(Bg)} {
			if regexp.MustCompile(`[34]8;|;[349]\d`).MatchString(got) {
				t.Errorf("a colour in %q", got)
			}
		}
		if s.Background() != nil || s.Colour {
			t.Error("there is a background")
		}
	}
}

func TestOverMovesCodeTooButNotChips(t *testing.T) {
	for _, s := range []*Styles{load(t, "dark", Options{}), load(t, "mono", Options{})} {
		got := s.Over(Sel, "a "+s.Muted.On(Panel).Paint("b")+s.OnAccent.Paint("c"))
		want := s.Start(Sel) + "a " + s.Muted.On(Sel).Start() + "b" + s.Start(Sel) + s.OnAccent.Start() + "c" +
			s.Start(Sel) + s.Start(Bg)
		if got != want {
			t.Errorf("%s:\n got %q\nwant %q", s.Name, got, want)
		}
	}
}

func TestOnMovesALineButNotItsChips(t *testing.T) {
	for _, s := range []*Styles{load(t, "dark", Options{}), load(t, "mono", Options{})} {
		line := "a " + s.Muted.Paint("b") + " " + s.OnAccent.Paint(" c ") + " d"
		got := s.On(Sel, line)
		if ansi.Strip(got) != ansi.Strip(line) {
			t.Errorf("the text became %q", ansi.Strip(got))
		}
		want := s.Start(Sel) + "a " + s.Muted.On(Sel).Start() + "b" + s.Start(Sel) + " " + s.OnAccent.Start() + " c " +
			s.Start(Sel) + " d" + s.Start(Bg)
		if got != want {
			t.Errorf("%s:\n got %q\nwant %q", s.Name, got, want)
		}
	}
}

// TestOnLeavesTextAndLinksAlone: text and the address of a link may hold what a colour sequence ends with.
func TestOnLeavesTextAndLinksAlone(t *testing.T) {
	for theme, s := range map[string]*Styles{
		"dark": load(t, "dark", Options{}), "mono": load(t, "mono", Options{}),
		"256 colours": load(t, "light", Options{Indexed: true}),
	} {
		for _, end := range []string{"\x1b\\", "\a"} {
			words, link := "", "\x1b]8;id=m;https://example.com/?m"
			for g := range grounds {
				words += "\u241b[0" + s.ground[g] + " 12" + s.ground[g]
				link += s.ground[g] + "&x=0" + s.ground[g]
			}
			line := "a " + link + end + s.Text.Paint(words) + "\x1b]8;;" + end + s.Muted.On(Panel).Paint(words)
			for name, got := range map[string]string{"On": s.On(Sel, line), "Over": s.Over(Sel, line)} {
				if ansi.Strip(got) != ansi.Strip(line) || strings.Count(got, link+end) != 1 {
					t.Errorf("%s, %s: %q becomes %q", theme, name, line, got)
				}
				if strings.Contains(got[:len(got)-len(s.start[Bg])], s.Text.Start()) {
					t.Errorf("%s, %s: not moved: %q", theme, name, got)
				}
			}
		}
	}
}

func TestGlyphsAreOneCell(t *testing.T) {
	for _, set := range []Symbols{Braille, Block, ASCII} {
		g := glyphs(set)
		all := []string{
			g.OK, g.Failed, g.Warning, g.Live, g.Waiting, g.Queued, g.Retrying, g.Fallback, g.Closed, g.HalfOpen, g.Open,
			g.Bar, g.Legend, g.Thin,
			g.Attachment, g.Ellipsis, g.Range, g.Arrow, g.Up, g.Down, g.Bullet, g.Times, g.Dot,
			g.Border.TopLeft, g.Border.TopRight, g.Border.BottomLeft, g.Border.BottomRight, g.Border.Top, g.Border.Left,
			g.Rule, g.GridLine, g.GridColumn, g.Dashed, g.ThinRule, g.BudgetBar, g.Separator, g.Prompt, g.Full, g.Shade,
		}
		for i, glyph := range all {
			if ansi.StringWidth(glyph) != 1 {
				t.Errorf("set %d: glyph %d %q is not one cell", set, i, glyph)
			}
		}
		if text := strings.Join(all, ""); set == ASCII && len(text) != len(all) {
			t.Errorf("not ASCII: %q", text)
		}
	}
}

func TestShadesKeepPartsApart(t *testing.T) {
	for _, o := range []Options{{}, {ASCII: true}} {
		s := load(t, "mono", o)
		seen := map[string]bool{}
		for _, ink := range []Ink{s.Done, s.Fill[0], s.Fill[1], s.Fill[2]} {
			if shade := ink.Shade(); seen[shade] || ansi.StringWidth(shade) != 1 {
				t.Errorf("shade %q is used twice or not one cell wide", shade)
			} else {
				seen[shade] = true
			}
		}
	}
}

// TestEveryRoleHasAnInk: a role that no field of Inks names, or a name that is no role, is a mistake in the tables.
func TestEveryRoleHasAnInk(t *testing.T) {
	used := map[themes.Role]int{themes.Bg: 1, themes.Panel: 1, themes.Sel: 1}
	for f := range reflect.TypeFor[Inks]().Fields() {
		roles := strings.Fields(f.Tag.Get("role"))
		if want := len(roles); f.Type.Kind() == reflect.Array && f.Type.Len() != want || want == 0 {
			t.Errorf("%s has another number of inks than its tag names: %q", f.Name, f.Tag)
		}
		for _, role := range roles {
			used[themes.Role(role)]++
		}
	}
	for _, d := range themes.Roles() {
		if d.On != "" && used[d.On] == 0 {
			used[d.On] = 1 // the ground of a chip
		}
	}
	for _, d := range themes.Roles() {
		if used[d.Role] != 1 {
			t.Errorf("the role %s has %d inks", d.Role, used[d.Role])
		}
		delete(used, d.Role)
	}
	if len(used) > 0 {
		t.Errorf("inks name roles that are not: %v", used)
	}
}

// TestAnInkIsItsStyle: a piece painted by an ink and one rendered by its style are the same cells.
func TestAnInkIsItsStyle(t *testing.T) {
	for _, s := range []*Styles{load(t, "dark", Options{}), load(t, "mono", Options{}),
		load(t, "light", Options{Indexed: true})} {
		for name, ink := range map[string]Ink{
			"plain": s.Muted, "looks": s.Accent.Bold().Italic().Struck(), "selected": s.Error.On(Sel),
			"panel": s.Faint.On(Panel), "chip": s.OnAccent.Bold().On(Sel),
		} {
			if got, want := cell(ink.Paint("x")), cell(ink.Style().Render("x")); !got.Style.Equal(&want.Style) {
				t.Errorf("%s: %s: painted %+v, rendered %+v", s.Name, name, got.Style, want.Style)
			}
		}
	}
}

func cell(drawn string) *uv.Cell {
	buf := uv.NewScreenBuffer(1, 1)
	uv.NewStyledString(drawn).Draw(buf, buf.Bounds())
	return buf.CellAt(0, 0)
}

// TestTheTerminalsOwnColours: a theme may leave ground and text to the terminal; lines still move to another ground.
func TestTheTerminalsOwnColours(t *testing.T) {
	theme, err := themes.Load("dark")
	if err != nil {
		t.Fatal(err)
	}
	theme.Colors[themes.Bg], theme.Colors[themes.Text] = themes.Color{ANSI: -1, Default: true},
		themes.Color{ANSI: -1, Default: true}
	theme.Colors["accent"] = themes.Color{ANSI: 12}
	s := New(theme, Options{})
	if s.Background() != nil || s.Foreground() != nil {
		t.Error("the terminal's own colours are changed")
	}
	if got := cell(s.Text.Paint("x")).Style; got.Fg != nil || got.Bg != nil {
		t.Errorf("text is painted %+v", got)
	}
	if got := cell(s.Accent.Paint("x")).Style; got.Fg != ansi.BrightBlue || got.Bg != nil {
		t.Errorf("accent is painted %+v", got)
	}
	if got, want := cell(s.On(Sel, s.Accent.Paint("x"))).Style,
		cell(s.Accent.On(Sel).Paint("x")).Style; !got.Equal(&want) {
		t.Errorf("moved to the selection %+v, want %+v", got, want)
	}
}
