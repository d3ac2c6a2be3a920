// Package themes holds the colour themes: one TOML file each, with a [palette] of named colours and the [roles] that
// they are used for. Every role must have a colour. A name that is neither a role nor in the palette is an error with
// file and line. A theme of kind mono has no colours. The package knows nothing about terminals: it returns values.
package themes

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed *.toml
var files embed.FS

// Default is the theme for a dark terminal, Light the one for a light terminal, Mono the one without colour.
const (
	Default = "dark"
	Light   = "light"
	Mono    = "mono"
)

// Kind is the kind of terminal that a theme is made for.
type Kind string

// The kinds.
const (
	KindDark  Kind = "dark"
	KindLight Kind = "light"
	KindMono  Kind = "mono" // no colours; it has no roles either
)

// Theme is one checked theme. Colors holds every role of Roles unless the kind is mono, where it is empty.
type Theme struct {
	Name   string // the file's name without .toml, as used in the configuration
	Title  string // for the picker
	Kind   Kind
	Colors map[Role]Color
}

// Dir is a folder of the user's own themes, besides the built-in ones; "" is no folder.
type Dir string

// Load returns a built-in theme by name.
func Load(name string) (*Theme, error) { return Dir("").Load(name) }

// Names lists the built-in themes in alphabetical order.
func Names() []string { return Dir("").Names() }

// Load returns a theme by name. A file in the folder takes precedence over a built-in theme of that name.
func (d Dir) Load(name string) (*Theme, error) {
	if name == "" || strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, ".") {
		return nil, fmt.Errorf("no theme %q: a theme's name is the name of its file without .toml", name)
	}
	if d != "" {
		path := filepath.Join(string(d), name+".toml")
		data, err := os.ReadFile(path)
		if err == nil {
			return Parse(path, data)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read theme: %w", err)
		}
	}
	data, err := files.ReadFile(name + ".toml")
	if err != nil {
		return nil, fmt.Errorf("no theme %q; there are %s", name, strings.Join(d.Names(), ", "))
	}
	return Parse(name+".toml", data)
}

// Names lists the built-in themes and those of the folder in alphabetical order, each once.
func (d Dir) Names() []string {
	var names []string
	add := func(entries []fs.DirEntry) {
		for _, e := range entries {
			if base, ok := strings.CutSuffix(e.Name(), ".toml"); ok && !e.IsDir() && !strings.HasPrefix(base, ".") {
				names = append(names, base)
			}
		}
	}
	if entries, err := files.ReadDir("."); err == nil {
		add(entries)
	}
	if d != "" { // a folder that does not exist has no themes
		if entries, err := os.ReadDir(string(d)); err == nil {
			add(entries)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
