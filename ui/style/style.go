// Package style turns a theme into what the panes paint with: inks by role, and glyphs by what the terminal can show.
package style

// Styles is the whole look. It is made anew when the theme changes; Generation tells caches apart.
type Styles struct {
	Generation int
	Name       string
	Dark       bool
	Colour     bool // false: reverse, bold and shades stand for colours

	Inks
	Glyphs Glyphs
}

// Inks are the theme's roles; what each is for stands in the theme files.
type Inks struct {
	Text, Muted, Faint, Dim           Ink
	Accent, OnAccent, Badge           Ink // OnAccent: text of a filled chip on accent; Badge: the DEMO chip
	OK, Warn, Error                   Ink
	User, Assistant                   Ink
	Border, BorderFocus, Grid         Ink
	Chart                             [4]Ink // p50, p95, p99, the fourth series
	Fill                              [3]Ink // bulk of requests, tokens, money
	Done                              Ink    // finished part of a bar
	Heat                              [5]Ink // few to many
	Keyword, Func, Type, Number, Code Ink
}

// Glyphs are the symbols of our own chrome, each one cell wide.
type Glyphs struct {
	ASCII                                                            bool
	OK, Failed, Warning                                              string
	Live, Waiting, Queued                                            string
	Retrying, Fallback                                               string
	Closed, HalfOpen, Open                                           string
	Bar, Legend, Thin, Attachment, Ellipsis                          string // ▌ ■ ━ ▣ …
	Range, Arrow, Up, Down, Bullet, Times, Dot                       string // – → ↑ ↓ • × ·
	TopLeft, TopRight, BottomLeft, BottomRight, Horizontal, Vertical string
	Rule, GridLine, Dashed, ThinRule, BudgetBar                      string // ─ ┈ ╌ ─ ┃
	Separator, Prompt                                                string // │ ›
}
