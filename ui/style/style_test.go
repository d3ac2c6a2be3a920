package style

import (
	"regexp"
	"strings"
	"testing"

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
	for name, got := range map[string]string{
		"plain":  s.Accent.Paint("x"),
		"looks":  s.Accent.Bold().Italic().On(Sel).Paint("x"),
		"chip":   s.OnAccent.Bold().Paint("x"),
		"ground": s.Text.On(Panel).Paint("x"),
	} {
		if !regexp.MustCompile(`^\x1b\[0;[0-9;]*38;2;[0-9;]+;48;2;[0-9;]+mx\x1b\[0;38;2;217;220;238;48;2;26;27;38m$`).MatchString(got) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := s.Text.Paint(""); got != "" {
		t.Errorf("nothing is painted as %q", got)
	}
}

func TestNoColourHasAttributesOnly(t *testing.T) {
	for _, s := range []*Styles{load(t, "mono", Options{}), load(t, "dark", Options{NoColor: true})} {
		for _, got := range []string{s.Heat[4].Paint("x"), s.OnAccent.Paint("x"), s.Text.On(Sel).Bold().Paint("x"), s.Start(Bg)} {
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
		want := s.Start(Sel) + "a " + s.Muted.On(Sel).Start() + "b" + s.Start(Sel) + s.OnAccent.Start() + "c" + s.Start(Sel) + s.Start(Bg)
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
		want := s.Start(Sel) + "a " + s.Muted.On(Sel).Start() + "b" + s.Start(Sel) + " " + s.OnAccent.Start() + " c " + s.Start(Sel) + " d" + s.Start(Bg)
		if got != want {
			t.Errorf("%s:\n got %q\nwant %q", s.Name, got, want)
		}
	}
}

func TestGroundOf(t *testing.T) {
	s := load(t, "light", Options{})
	for g := range grounds {
		if got, ok := s.GroundOf(s.Muted.On(g).Start()); got != g || !ok {
			t.Errorf("ground %d is taken for %d", g, got)
		}
	}
	if _, ok := s.GroundOf(s.OnAccent.Start()); ok {
		t.Error("a chip is taken for a ground")
	}
}

func TestGlyphsAreOneCell(t *testing.T) {
	for _, set := range []Symbols{Braille, Block, ASCII} {
		g := glyphs(set)
		all := []string{
			g.OK, g.Failed, g.Warning, g.Live, g.Waiting, g.Queued, g.Retrying, g.Fallback, g.Closed, g.HalfOpen, g.Open, g.Bar, g.Legend, g.Thin,
			g.Attachment, g.Ellipsis, g.Range, g.Arrow, g.Up, g.Down, g.Bullet, g.Times, g.Dot, g.TopLeft, g.TopRight, g.BottomLeft, g.BottomRight,
			g.Horizontal, g.Vertical, g.Rule, g.GridLine, g.GridColumn, g.Dashed, g.ThinRule, g.BudgetBar, g.Separator, g.Prompt, g.Full, g.Shade,
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

func TestIndexedKeepsGroundsApart(t *testing.T) {
	for _, name := range themes.Names() {
		s := load(t, name, Options{Indexed: true})
		if !s.Colour {
			continue
		}
		if s.ground[Bg] == s.ground[Panel] || s.ground[Panel] == s.ground[Sel] || s.ground[Bg] == s.ground[Sel] {
			t.Errorf("%s: grounds %q", name, s.ground)
		}
		if got := s.Accent.Paint("x"); strings.Contains(got, ";2;") {
			t.Errorf("%s: 24 bits in %q", name, got)
		}
	}
}
