package style

import (
	"image/color"
	"reflect"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/themes"
)

// Options is what the terminal and the configuration say about the look.
type Options struct {
	Generation int     // tells caches apart: a caller counts up with each New
	Symbols    Symbols // ASCII and Block are for terminals and fonts that lack the rest
	ASCII      bool    // the same as Symbols: ASCII
	NoColor    bool    // attributes only, whatever the theme
	Indexed    bool    // the terminal knows 256 colours: they are chosen here, so that grounds stay apart
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
	under   [grounds]lipgloss.Style
	looks   [looks]string   // the attributes' parameters
	ground  [grounds]string // the grounds' parameters
	hollow  [grounds]string // those of the grounds' colours as text
}

func (m *maker) grounds() {
	for look := range m.looks {
		m.looks[look] = params(emphasise(lipgloss.NewStyle(), uint8(look)), nil)
	}
	s := m.styles
	for g, role := range [grounds]themes.Role{themes.Bg, themes.Panel, themes.Sel} {
		if s.Colour {
			c := m.color(role)
			m.under[g] = lipgloss.NewStyle().Background(c)
			m.ground[g] = m.background(c)
			m.hollow[g] = m.foreground(c)
			continue
		}
		// Reversed or not is the ground of a screen without colours. "Not reversed" is written down, so that On finds it.
		m.under[g] = lipgloss.NewStyle().Reverse(g == int(Sel))
		m.ground[g] = params(m.under[g], ansi.NewStyle().Reverse(false))
		m.hollow[g] = m.ground[Bg]
	}
	text := ""
	if s.Colour {
		text = m.foreground(m.color(themes.Text))
		s.background, s.foreground = rgb(m.theme.Colors[themes.Bg]), rgb(m.theme.Colors[themes.Text])
	}
	for g := range s.ground {
		s.ground[g] = ";" + m.ground[g] + "m"
		s.start[g] = sequence(text, m.ground[g])
	}
}

// inks makes the ink of each field of Inks.
func (m *maker) inks() {
	defined := map[themes.Role]themes.Definition{}
	for _, d := range themes.Roles() {
		defined[d.Role] = d
	}
	all := reflect.ValueOf(&m.styles.Inks).Elem()
	for i := range all.NumField() {
		for n, role := range strings.Fields(all.Type().Field(i).Tag.Get("role")) {
			field := all.Field(i)
			if field.Kind() == reflect.Array {
				field = field.Index(n)
			}
			field.Set(reflect.ValueOf(m.ink(defined[themes.Role(role)])))
		}
	}
}

// define makes the style of a role. It is the one place where a role gets its look.
func (m *maker) define(d themes.Definition) lipgloss.Style {
	st := lipgloss.NewStyle()
	switch {
	case m.styles.Colour && d.On != "":
		return st.Foreground(m.color(d.Role)).Background(m.color(d.On))
	case m.styles.Colour:
		return st.Foreground(m.color(d.Role))
	case d.On != "":
		return st.Bold(true).Reverse(true)
	case d.Emphasis == themes.Strong:
		return st.Bold(true)
	case d.Emphasis == themes.Quiet:
		return st.Faint(true)
	}
	return st
}

// ink cuts the sequences of a role out of its style, once for each ground and look.
func (m *maker) ink(d themes.Definition) Ink {
	y := &dye{role: m.define(d), under: m.under, end: m.styles.start[Bg], hollow: m.hollow, shade: "█"}
	if m.ascii {
		y.shade = "#"
	}
	if d.Fill[0] != "" {
		y.shade = d.Fill[0]
		if m.ascii {
			y.shade = d.Fill[1]
		}
	}
	y.fg, y.bg = m.ground[Bg], m.ground[Bg]
	if m.styles.Colour {
		c := m.color(d.Role)
		y.fg, y.bg = m.foreground(c), m.background(c)
	}
	own := params(y.role, nil)
	for g := range grounds {
		ground := m.ground[g]
		if d.On != "" {
			ground = "" // a chip brings its own
		}
		for look, attributes := range m.looks {
			y.seq[g][look] = sequence(attributes, own, ground)
		}
	}
	return Ink{dye: y}
}

func (m *maker) foreground(c color.Color) string {
	return params(lipgloss.NewStyle().Foreground(c), ansi.NewStyle().ForegroundColor(nil))
}

func (m *maker) background(c color.Color) string {
	return params(lipgloss.NewStyle().Background(c), ansi.NewStyle().BackgroundColor(nil))
}

// params are the SGR parameters of a style, cut out of a rendered cell that is not blank. A style that says nothing
// renders none: plain then says the same in words, where something must stand there.
func params(st lipgloss.Style, plain ansi.Style) string {
	start, _, _ := strings.Cut(st.Render("x"), "x")
	if start == "" && plain != nil {
		start = plain.String()
	}
	return strings.TrimSuffix(strings.TrimPrefix(start, "\x1b["), "m")
}

// sequence sets all attributes at once: whatever stood before is gone. One sequence costs the renderer less than two.
func sequence(params ...string) string {
	st := ansi.NewStyle().Reset()
	for _, p := range params {
		if p != "" {
			st = append(st, p)
		}
	}
	return st.String()
}
