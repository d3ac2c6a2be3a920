package style

import "relaytop/themes"

// Options is what the terminal and the configuration say about the look.
type Options struct {
	Generation int     // told apart by caches: a caller counts up with each New
	Symbols    Symbols // ASCII and Block are for terminals and fonts that lack the rest
	ASCII      bool    // the same as Symbols: ASCII
	NoColor    bool    // attributes only, whatever the theme
	Indexed    bool    // the terminal knows 256 colours: the nearest of them are chosen here, grounds kept apart
}

// New makes the look of a theme.
func New(theme *themes.Theme, o Options) *Styles {
	if o.ASCII {
		o.Symbols = ASCII
	}
	s := &Styles{
		Generation: o.Generation,
		Name:       theme.Name,
		Dark:       theme.Kind != themes.KindLight,
		Colour:     theme.Kind != themes.KindMono && !o.NoColor,
		Glyphs:     glyphs(o.Symbols),
	}
	m := maker{theme: theme, styles: s, ascii: o.Symbols == ASCII, indexed: o.Indexed}
	m.grounds()
	m.inks()
	return s
}

type maker struct {
	theme   *themes.Theme
	styles  *Styles
	ascii   bool
	indexed bool
}

func (m *maker) grounds() {
	s := m.styles
	if s.Colour {
		text := m.sgr(themes.Text, 30)
		for g, role := range [grounds]themes.Role{themes.Bg, themes.Panel, themes.Sel} {
			s.ground[g] = ";" + m.sgr(role, 40)
			s.start[g] = "\x1b[0;" + text + s.ground[g] + "m"
		}
		s.background, s.foreground = rgb(m.theme.Colors[themes.Bg]), rgb(m.theme.Colors[themes.Text])
		return
	}
	// Reverse off or on is the ground of a screen without colours. Spelling out "off" lets On find and turn it.
	for g, param := range [grounds]string{";27", ";27", ";7"} {
		s.ground[g] = param
		s.start[g] = "\x1b[0" + param + "m"
	}
}

func (m *maker) inks() {
	s := m.styles
	s.Text, s.Muted, s.Faint, s.Dim = m.ink(themes.Text), m.ink(themes.Muted), m.ink(themes.Faint), m.ink(themes.Dim)
	s.Accent = m.ink(themes.Accent)
	s.OnAccent, s.Badge = m.chip(themes.OnAccent, themes.Accent), m.chip(themes.OnBadge, themes.Badge)
	s.OK, s.Warn, s.Error = m.ink(themes.OK), m.ink(themes.Warn), m.ink(themes.Error)
	s.User, s.Assistant = m.ink(themes.User), m.ink(themes.Assistant)
	s.Border, s.BorderFocus, s.Grid = m.ink(themes.Border), m.ink(themes.BorderFocus), m.ink(themes.Grid)
	s.Chart = [4]Ink{m.ink(themes.Chart1), m.ink(themes.Chart2), m.ink(themes.Chart3), m.ink(themes.Chart4)}
	s.Fill = [3]Ink{m.ink(themes.Fill1), m.ink(themes.Fill2), m.ink(themes.Fill3)}
	s.Done = m.ink(themes.Done)
	s.Heat = [5]Ink{m.ink(themes.Heat1), m.ink(themes.Heat2), m.ink(themes.Heat3), m.ink(themes.Heat4), m.ink(themes.Heat5)}
	s.Keyword, s.Func, s.Type, s.Number = m.ink(themes.Keyword), m.ink(themes.Func), m.ink(themes.Type), m.ink(themes.Number)
	s.Code = m.ink(themes.Code)
}

func (m *maker) ink(role themes.Role) Ink {
	s := m.styles
	d := &dye{end: s.start[Bg], shade: m.shade(role)}
	if s.Colour {
		d.fg, d.bg = m.sgr(role, 30), m.sgr(role, 40)
		for g, under := range [grounds]themes.Role{themes.Bg, themes.Panel, themes.Sel} {
			d.hollow[g] = m.sgr(under, 30)
		}
		d.fill(";"+d.fg, s.ground)
		return Ink{dye: d}
	}
	d.fg, d.bg, d.hollow = "27", "27", [grounds]string{"27", "27", "27"}
	d.fill(attributes(role), s.ground)
	return Ink{dye: d}
}

// chip makes the ink of text on a filled area, which keeps its ground wherever it stands.
func (m *maker) chip(role, under themes.Role) Ink {
	d := &dye{end: m.styles.start[Bg], fg: "1", bg: "7", shade: "█"}
	ground := ";1;07" // not the parameter of a ground: On leaves chips as they are
	if m.styles.Colour {
		d.fg, d.bg = m.sgr(role, 30), m.sgr(under, 40)
		ground = ";" + d.fg + ";" + d.bg
	}
	d.fill("", [grounds]string{ground, ground, ground})
	return Ink{dye: d}
}

func (d *dye) fill(fg string, ground [grounds]string) {
	for g := range grounds {
		for look, param := range [8]string{"", ";1", ";3", ";1;3", ";9", ";1;9", ";3;9", ";1;3;9"} {
			d.seq[g][look] = "\x1b[0" + param + fg + ground[g] + "m"
		}
	}
}

// attributes stand for the few roles that must not look like the rest where there are no colours.
func attributes(role themes.Role) string {
	switch role {
	case themes.Faint, themes.Dim, themes.Grid, themes.Chart3:
		return ";2"
	case themes.Accent, themes.Error, themes.BorderFocus, themes.Chart2:
		return ";1"
	}
	return ""
}

// shade is how an area of a role looks without colours: parts of one bar or column stay apart.
func (m *maker) shade(role themes.Role) string {
	plain, ascii := "█", "#"
	switch role {
	case themes.Fill1:
		plain, ascii = "░", ":"
	case themes.Fill2:
		plain, ascii = "▒", "="
	case themes.Fill3, themes.Chart3, themes.Chart4:
		plain, ascii = "▓", "%"
	case themes.Error:
		plain, ascii = "╳", "x"
	case themes.Warn:
		plain, ascii = "▒", "!"
	case themes.Grid, themes.Border:
		plain, ascii = " ", "."
	case themes.Heat1:
		plain, ascii = ".", "."
	case themes.Heat2:
		plain, ascii = ":", ":"
	case themes.Heat3:
		plain, ascii = "+", "+"
	case themes.Heat4, themes.Heat5:
		plain, ascii = "#", "#"
	}
	if m.ascii {
		return ascii
	}
	return plain
}
