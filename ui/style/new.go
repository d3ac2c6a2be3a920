package style

import (
	"image/color"
	"reflect"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/themes"
)

// Options is what the terminal and the configuration say about how the screen looks.
type Options struct {
	Generation int     // the caller counts up with each New, so that caches of the old styles are dropped
	Symbols    Symbols // ASCII and Block are for terminals and fonts that lack the others
	ASCII      bool    // the same as Symbols: ASCII
	NoColor    bool    // attributes only, whatever the theme
	Indexed    bool    // the terminal knows 256 colours: they are chosen here, so that grounds stay apart
}

// New makes the styles of a theme.
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

// maker makes the styles of one theme. The strings are SGR parameters.
type maker struct {
	theme    *themes.Theme
	styles   *Styles
	ascii    bool
	indexed  bool
	under    [grounds]lipgloss.Style
	attrs    [attrSets]string
	ground   [grounds]string
	groundFg [grounds]string // the grounds' colours as those of text
}

func (m *maker) grounds() {
	for set := range m.attrs {
		m.attrs[set] = params(withAttrs(lipgloss.NewStyle(), uint8(set)), nil)
	}
	s := m.styles
	for g, role := range [grounds]themes.Role{themes.Bg, themes.Panel, themes.Sel} {
		if s.Colour {
			c := m.color(role)
			m.under[g] = lipgloss.NewStyle().Background(c)
			m.ground[g] = m.background(c)
			m.groundFg[g] = m.foreground(c)
			continue
		}
		// Without colours a ground is reversed or not. "Not reversed" is a sequence too, so that On finds it.
		m.under[g] = lipgloss.NewStyle().Reverse(g == int(Sel))
		m.ground[g] = params(m.under[g], ansi.NewStyle().Reverse(false))
		m.groundFg[g] = m.ground[Bg]
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
	defined := make(map[themes.Role]themes.Definition)
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

// define makes the style of a role. It is the one place that decides how a role looks.
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

// ink cuts the sequences of a role out of its style, one for each ground and set of attributes.
func (m *maker) ink(d themes.Definition) Ink {
	r := &role{style: m.define(d), grounds: m.under, end: m.styles.start[Bg], groundFg: m.groundFg, shade: "█"}
	if m.ascii {
		r.shade = "#"
	}
	if d.Fill[0] != "" {
		r.shade = d.Fill[0]
		if m.ascii {
			r.shade = d.Fill[1]
		}
	}
	r.fg, r.bg = m.ground[Bg], m.ground[Bg]
	if m.styles.Colour {
		c := m.color(d.Role)
		r.fg, r.bg = m.foreground(c), m.background(c)
	}
	own := params(r.style, nil)
	for g := range grounds {
		ground := m.ground[g]
		if d.On != "" {
			ground = "" // a chip brings its own
		}
		for set, attrs := range m.attrs {
			r.start[g][set] = sequence(attrs, own, ground)
		}
	}
	return Ink{role: r}
}

func (m *maker) foreground(c color.Color) string {
	return params(lipgloss.NewStyle().Foreground(c), ansi.NewStyle().ForegroundColor(nil))
}

func (m *maker) background(c color.Color) string {
	return params(lipgloss.NewStyle().Background(c), ansi.NewStyle().BackgroundColor(nil))
}

// params are the SGR parameters of a style, cut out of a rendered letter. Of a style that sets nothing these are the
// parameters of plain; without plain they are "".
func params(st lipgloss.Style, plain ansi.Style) string {
	start, _, _ := strings.Cut(st.Render("x"), "x")
	if start == "" && plain != nil {
		start = plain.String()
	}
	return strings.TrimSuffix(strings.TrimPrefix(start, "\x1b["), "m")
}

// sequence resets what was set before and sets params, in one sequence: the renderer parses one faster than two.
func sequence(params ...string) string {
	st := ansi.NewStyle().Reset()
	for _, p := range params {
		if p != "" {
			st = append(st, p)
		}
	}
	return st.String()
}
