package themes

// Role is what a colour is used for: a key in [roles].
type Role string

// The roles that other code refers to: the three grounds, and plain text.
const (
	Bg    Role = "bg"
	Panel Role = "panel"
	Sel   Role = "sel"
	Text  Role = "text"
)

// Emphasis is how the text of a role is set apart where there are no colours.
type Emphasis uint8

// The emphases.
const (
	None Emphasis = iota
	Strong
	Quiet
)

// Definition is everything about one role but its colour in each theme.
type Definition struct {
	Role Role
	Read bool // it is used for text: its contrast to Bg, Panel and Sel must be 4.5 or more
	On   Role // it is the text of a chip in this role's colour; its contrast to that must be 4.5 or more

	// The other fields are for terminals without colours. Fill is the glyph that fills an area, and its replacement
	// in ASCII; "" is the full block.
	Emphasis Emphasis
	Fill     [2]string
}

// Roles is the table of roles, in the order of the theme files, which say what each is for.
func Roles() []Definition {
	return []Definition{
		{Role: Bg},
		{Role: Panel},
		{Role: Sel},

		{Role: Text, Read: true},
		{Role: "muted", Read: true},
		{Role: "faint", Read: true, Emphasis: Quiet},
		{Role: "dim", Emphasis: Quiet},
		{Role: "accent", Read: true, Emphasis: Strong},
		{Role: "on_accent", On: "accent"},
		{Role: "badge"},
		{Role: "on_badge", On: "badge"},

		{Role: "ok", Read: true},
		{Role: "warn", Read: true, Fill: [2]string{"▒", "!"}},
		{Role: "error", Read: true, Emphasis: Strong, Fill: [2]string{"╳", "x"}},

		{Role: "user", Read: true},
		{Role: "assistant", Read: true},

		{Role: "border", Fill: [2]string{" ", "."}},
		{Role: "border_focus", Emphasis: Strong},
		{Role: "grid", Emphasis: Quiet, Fill: [2]string{" ", "."}},

		{Role: "chart1", Read: true},
		{Role: "chart2", Read: true, Emphasis: Strong},
		{Role: "chart3", Read: true, Emphasis: Quiet, Fill: [2]string{"▓", "%"}},
		{Role: "chart4", Read: true, Fill: [2]string{"▓", "%"}},
		{Role: "fill1", Fill: [2]string{"░", ":"}},
		{Role: "fill2", Fill: [2]string{"▒", "="}},
		{Role: "fill3", Fill: [2]string{"▓", "%"}},
		{Role: "done"},
		{Role: "heat1", Fill: [2]string{".", "."}},
		{Role: "heat2", Fill: [2]string{":", ":"}},
		{Role: "heat3", Fill: [2]string{"+", "+"}},
		{Role: "heat4", Fill: [2]string{"#", "#"}},
		{Role: "heat5", Fill: [2]string{"#", "#"}},

		{Role: "keyword", Read: true},
		{Role: "func", Read: true},
		{Role: "type", Read: true},
		{Role: "number", Read: true},
		{Role: "code", Read: true},
	}
}
