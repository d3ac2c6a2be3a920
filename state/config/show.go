package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Setting is one line of `config show`.
type Setting struct {
	Name   string `json:"name"`
	Value  string `json:"value"` // keys and headers are masked; "" is none
	Source Source `json:"source"`
}

// Show lists every value with its source: the settings, the endpoints, the keys that were changed, and the paths of
// our files.
func (c *Config) Show() []Setting { return slices.Clone(c.settings) }

// describe lists what was loaded.
func (l *loader) describe() []Setting {
	var list []Setting
	for _, s := range settings() {
		v := l.found[s.name]
		list = append(list, Setting{Name: s.name, Value: v.text, Source: v.at})
	}
	r := &l.cfg.Relay
	list = append(list, Setting{Name: "relay", Value: relayWord(*r), Source: Source{Kind: SourceDerived}})
	for i := range r.Endpoints {
		e := &r.Endpoints[i]
		list = append(list, e.describe("endpoints."+e.Name+".")...)
	}
	for _, action := range slices.Sorted(maps.Keys(l.cfg.Keys)) {
		at := l.fromConfig("keys."+action, "").at
		list = append(list, Setting{Name: "keys." + action, Value: strings.Join(l.cfg.Keys[action], ", "), Source: at})
	}
	p, folder := l.cfg.Paths, l.folderSource()
	file := folder
	if l.in.ConfigPath != "" {
		file = Source{Kind: SourceFlag, Name: "config"}
	}
	return append(list,
		Setting{Name: "config file", Value: p.ConfigFile, Source: file},
		Setting{Name: "data folder", Value: p.Data, Source: folder},
		Setting{Name: "cache folder", Value: p.Cache, Source: folder},
		Setting{Name: "state folder", Value: p.State, Source: folder},
	)
}

// folderSource is what the folders of our files follow from.
func (l *loader) folderSource() Source {
	switch {
	case l.in.DataDir != "":
		return Source{Kind: SourceFlag, Name: "data-dir"}
	case l.environ["RELAYTOP_DATA_DIR"] != "":
		return Source{Kind: SourceEnv, Name: "RELAYTOP_DATA_DIR"}
	}
	return Source{Kind: SourceDefault}
}

func relayWord(r Relay) string {
	switch {
	case r.Demo && r.Configured:
		return "demo (asked for)"
	case r.Demo:
		return "demo (no relay is configured)"
	}
	return fmt.Sprintf("%d endpoint(s)", len(r.Endpoints))
}

func (e *Endpoint) describe(prefix string) []Setting {
	list := []Setting{{Name: prefix + "base_url", Value: maskURL(e.BaseURL), Source: e.URLSource}}
	key := e.Key.String()
	if e.KeyCmd != "" {
		key = "from a command"
	}
	list = append(list, Setting{Name: prefix + "api_key", Value: key, Source: e.KeySource})
	add := func(name, value string) {
		if value != "" {
			list = append(list, Setting{Name: prefix + name, Value: value, Source: e.URLSource})
		}
	}
	add("kind", e.Kind)
	add("models", strings.Join(e.Models, ", "))
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		add("headers."+name, e.Headers[name].String())
	}
	add("rpm", fmt.Sprint(e.RPM))
	add("tpm", fmt.Sprint(e.TPM))
	add("ca_file", e.CAFile)
	return list
}
