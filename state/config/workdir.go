package config

import (
	"fmt"
	"path/filepath"
	"strings"
)

// ignoreDotEnv takes no relay from the .env of the working directory where the environment or the config file names
// one, by a URL or a key of either pair: a folder that somebody else made must not say where prompts go.
func (l *loader) ignoreDotEnv() {
	by := l.namedBy()
	if by == "" {
		return
	}
	var ignored []string
	for _, name := range pairVars() {
		v, now := l.dotEnv[name], l.urls[name]
		if now.from == fromDotEnv {
			delete(l.urls, name)
		}
		switch {
		case v.text == "" || now.from == fromEnv && now.text == v.text: // nothing, or what is used anyway
		case strings.HasSuffix(name, "_KEY"):
			ignored = append(ignored, name)
		default:
			ignored = append(ignored, fmt.Sprintf("%s (%.200s)", v.name, maskURL(v.text)))
		}
	}
	clear(l.dotEnv)
	if len(ignored) > 0 {
		l.notice(fmt.Sprintf("not used from the .env in this folder: %s, because %s names a relay",
			strings.Join(ignored, " and "), by))
	}
}

// namedBy is where the environment or the config file names a relay; "": neither does.
func (l *loader) namedBy() string {
	for _, name := range pairVars() {
		if v := l.urls[name]; v.from == fromEnv && v.text != "" {
			return v.at.String()
		}
	}
	if l.file.BaseURL != "" || l.file.given() || len(l.file.Endpoints) > 0 {
		return l.cfg.Paths.ConfigFile
	}
	return ""
}

// nameDotEnv adds a notice if a .env of the working directory decides where requests go.
func (l *loader) nameDotEnv(list []Endpoint) {
	path := filepath.Join(l.in.Dir, ".env")
	for _, e := range list {
		for _, at := range [...]Source{e.URLSource, e.KeySource} {
			if at.Kind == SourceEnvFile && at.Name == path && len(l.dotEnv) > 0 {
				l.notice(fmt.Sprintf("requests go to %s, because of .env:%d in this folder", maskURL(e.BaseURL), at.Line))
				break
			}
		}
	}
}
