package style

import "charm.land/lipgloss/v2"

// Symbols is the set of characters that charts and chrome may use.
type Symbols uint8

// The sets, the finest first. Block is for fonts without braille, ASCII for terminals without Unicode.
const (
	Braille Symbols = iota
	Block
	ASCII
)

// ParseSymbols reads the configuration's word: braille, block or ascii. For any other it returns Braille and false.
func ParseSymbols(s string) (Symbols, bool) {
	switch s {
	case "braille":
		return Braille, true
	case "block":
		return Block, true
	case "ascii":
		return ASCII, true
	}
	return Braille, false
}

// Glyphs are the symbols of the program's own chrome, each one cell wide.
type Glyphs struct {
	ASCII                                                   bool
	Block                                                   bool // lines are drawn in quarter blocks instead of braille
	OK, Failed, Warning                                     string
	Live, Waiting, Queued                                   string
	Retrying, Fallback                                      string
	Closed, HalfOpen, Open                                  string
	Bar, Legend, Thin, Attachment, Ellipsis                 string // ▌ ■ ━ ▣ …
	Range, Arrow, Up, Down, Bullet, Times, Dot              string // – → ↑ ↓ • × ·
	Border                                                  lipgloss.Border
	Rule, GridLine, GridColumn, Dashed, ThinRule, BudgetBar string // ─ ┈ ┊ ╌ ─ ┃
	Separator, Prompt, Wrapped                              string // │ › ↪
	Full, Shade                                             string // █ ░
	// Lines are those of the series of a plot, where no colour tells them apart.
	Lines [4]string
}

func glyphs(set Symbols) Glyphs {
	if set == ASCII {
		return Glyphs{
			ASCII: true,
			OK:    "+", Failed: "x", Warning: "!",
			Live: "*", Waiting: "o", Queued: ".",
			Retrying: "@", Fallback: ">",
			Closed: "*", HalfOpen: "%", Open: "o",
			Bar: "|", Legend: "#", Thin: "=", Attachment: "&", Ellipsis: "~",
			Range: "-", Arrow: ">", Up: "^", Down: "v", Bullet: "-", Times: "x", Dot: ".",
			Border: lipgloss.ASCIIBorder(),
			Rule:   "-", GridLine: ".", GridColumn: ":", Dashed: "-", ThinRule: "-", BudgetBar: "|",
			Separator: "|", Prompt: ">", Wrapped: ">",
			Full: "#", Shade: ":",
			Lines: [4]string{".", "*", "+", "o"},
		}
	}
	return Glyphs{
		Block: set == Block,
		OK:    "✓", Failed: "✗", Warning: "!",
		Live: "●", Waiting: "○", Queued: "·",
		Retrying: "↻", Fallback: "↳",
		Closed: "●", HalfOpen: "◐", Open: "○",
		Bar: "▌", Legend: "■", Thin: "━", Attachment: "▣", Ellipsis: "…",
		Range: "–", Arrow: "→", Up: "↑", Down: "↓", Bullet: "•", Times: "×", Dot: "·",
		Border: lipgloss.RoundedBorder(),
		Rule:   "─", GridLine: "┈", GridColumn: "┊", Dashed: "╌", ThinRule: "─", BudgetBar: "┃",
		Separator: "│", Prompt: "›", Wrapped: "↪",
		Full: "█", Shade: "░",
		Lines: [4]string{"•", "×", "+", "○"},
	}
}
