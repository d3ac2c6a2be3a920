package themes

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	toml "github.com/pelletier/go-toml/v2"
)

// document is a theme file as it is written.
type document struct {
	Title   string            `toml:"title"`
	Kind    Kind              `toml:"kind"`
	Palette map[string]string `toml:"palette"`
	Roles   map[Role]string   `toml:"roles"`
}

// Parse reads one theme. Errors begin with file and line. The base of file without .toml is the theme's name.
func Parse(file string, data []byte) (*Theme, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var doc document
	dec := toml.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&doc); err != nil {
		return nil, syntaxError(file, err)
	}
	t := &Theme{Name: strings.TrimSuffix(filepath.Base(file), ".toml"), Title: doc.Title, Kind: doc.Kind}
	if t.Title == "" {
		t.Title = t.Name
	}
	switch doc.Kind {
	case KindMono:
		return t, nil
	case KindDark, KindLight:
	default:
		return nil, fmt.Errorf("%s:%d: kind %q: it is dark, light or mono", file, lineOf(data, "", "kind"), doc.Kind)
	}
	palette := make(map[string]Color, len(doc.Palette))
	for _, name := range sortedKeys(doc.Palette) {
		c, err := parseColor(doc.Palette[name])
		if err != nil {
			return nil, fmt.Errorf("%s:%d: palette colour %s: %w", file, lineOf(data, "palette", name), name, err)
		}
		palette[name] = c
	}
	return t, t.setRoles(file, data, doc.Roles, palette)
}

func (t *Theme) setRoles(file string, data []byte, roles map[Role]string, palette map[string]Color) error {
	known := Roles()
	for _, role := range sortedKeys(roles) {
		if !slices.ContainsFunc(known, func(d Definition) bool { return d.Role == role }) {
			return fmt.Errorf("%s:%d: no role %q", file, lineOf(data, "roles", string(role)), role)
		}
	}
	t.Colors = make(map[Role]Color, len(known))
	for _, d := range known {
		role := d.Role
		value, ok := roles[role]
		if !ok {
			return fmt.Errorf("%s:%d: [roles] has no %s", file, lineOf(data, "roles", ""), role)
		}
		c, ok := palette[value]
		if !ok {
			var err error
			if c, err = parseColor(value); err != nil {
				return fmt.Errorf("%s:%d: role %s: %w", file, lineOf(data, "roles", string(role)), role, err)
			}
		}
		t.Colors[role] = c
	}
	return nil
}

func syntaxError(file string, err error) error {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) && len(unknown.Errors) > 0 {
		line, _ := unknown.Errors[0].Position()
		return fmt.Errorf("%s:%d: no key %q in a theme; there are title, kind, [palette] and [roles]", file, line,
			strings.Join(unknown.Errors[0].Key(), "."))
	}
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		line, _ := bad.Position()
		return fmt.Errorf("%s:%d: %w", file, line, err)
	}
	return fmt.Errorf("%s: %w", file, err)
}

// lineOf is the number of the line that sets key in a table ("" is the top level), or of the table's head if key is
// "" or not set there; 1 without either. The decoder does not keep positions.
func lineOf(data []byte, table, key string) int {
	line, here := 1, ""
	head := regexp.MustCompile(`^\s*\[\s*"?([^]"]*?)"?\s*\]`)
	sets := regexp.MustCompile(`^\s*"?` + regexp.QuoteMeta(key) + `"?\s*=`)
	for n, text := range strings.Split(string(data), "\n") {
		if m := head.FindStringSubmatch(text); m != nil {
			here = m[1]
			if here == table {
				line = n + 1
			}
		}
		if key != "" && here == table && sets.MatchString(text) {
			return n + 1
		}
	}
	return line
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
