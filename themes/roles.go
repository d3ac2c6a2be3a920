package themes

// Role is what a colour is for; the word is its key in [roles].
type Role string

// The roles. Those of Readable are text on Bg, Panel and Sel.
const (
	Bg          Role = "bg"
	Panel       Role = "panel"
	Sel         Role = "sel"
	Text        Role = "text"
	Muted       Role = "muted"
	Faint       Role = "faint"
	Dim         Role = "dim"
	Accent      Role = "accent"
	OnAccent    Role = "on_accent"
	Badge       Role = "badge"
	OnBadge     Role = "on_badge"
	OK          Role = "ok"
	Warn        Role = "warn"
	Error       Role = "error"
	User        Role = "user"
	Assistant   Role = "assistant"
	Border      Role = "border"
	BorderFocus Role = "border_focus"
	Grid        Role = "grid"
	Chart1      Role = "chart1"
	Chart2      Role = "chart2"
	Chart3      Role = "chart3"
	Chart4      Role = "chart4"
	Fill1       Role = "fill1"
	Fill2       Role = "fill2"
	Fill3       Role = "fill3"
	Done        Role = "done"
	Heat1       Role = "heat1"
	Heat2       Role = "heat2"
	Heat3       Role = "heat3"
	Heat4       Role = "heat4"
	Heat5       Role = "heat5"
	Keyword     Role = "keyword"
	Func        Role = "func"
	Type        Role = "type"
	Number      Role = "number"
	Code        Role = "code"
)

// Roles lists every role once, in the order of the theme files.
func Roles() []Role {
	return []Role{
		Bg, Panel, Sel, Text, Muted, Faint, Dim, Accent, OnAccent, Badge, OnBadge, OK, Warn, Error, User, Assistant,
		Border, BorderFocus, Grid, Chart1, Chart2, Chart3, Chart4, Fill1, Fill2, Fill3, Done,
		Heat1, Heat2, Heat3, Heat4, Heat5, Keyword, Func, Type, Number, Code,
	}
}

// Readable lists the roles that are read as text, so must stand out from Bg, Panel and Sel.
func Readable() []Role {
	return []Role{
		Text, Muted, Faint, Accent, OK, Warn, Error, User, Assistant,
		Chart1, Chart2, Chart3, Chart4, Keyword, Func, Type, Number, Code,
	}
}
