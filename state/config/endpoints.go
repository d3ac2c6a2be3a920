package config

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// listed turns [[endpoints]] into Endpoints.
func (l *loader) listed() ([]Endpoint, error) {
	list := make([]Endpoint, 0, len(l.file.Endpoints))
	for i, f := range l.file.Endpoints {
		prefix := fmt.Sprintf("endpoints.%d.", i)
		e, err := l.endpoint(prefix, f)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

func (l *loader) endpoint(prefix string, f fileEndpoint) (Endpoint, error) {
	e := Endpoint{Name: f.Name, Kind: f.Kind, Headers: secretMap(f.Headers), Models: f.Models, Weight: 1, RPM: -1, TPM: -1,
		AllowHTTP: l.allowHTTP(), NoRequestID: f.NoRequestID, CAFile: f.CAFile}
	bad := func(key, message string) error {
		line := l.lines[prefix+key]
		if line == 0 {
			line = l.lines[strings.TrimSuffix(prefix, ".")]
		}
		return &Error{File: l.cfg.Paths.ConfigFile, Line: line, Key: key, Message: message}
	}
	if name, err := oneLine(f.Name); err != nil || name == "" {
		return e, bad("name", "each of [[endpoints]] needs a name of one line")
	}
	if f.Kind != "" && f.Kind != KindHolySheep && f.Kind != "openai" {
		return e, bad("kind", fmt.Sprintf("%.40q is not one of holysheep, openai", f.Kind))
	}
	if f.Kind == "openai" {
		e.Kind = "" // the default: nothing built in
	}
	if f.AllowHTTP != nil {
		e.AllowHTTP = *f.AllowHTTP
	}
	for _, n := range []struct {
		key    string
		from   *int
		to     *int
		lo, hi int
	}{
		{"weight", f.Weight, &e.Weight, 1, 1000},
		{"rpm", f.RPM, &e.RPM, 0, 100_000_000},
		{"tpm", f.TPM, &e.TPM, 0, 2_000_000_000},
		{"concurrency", f.Concurrency, &e.Concurrency, 1, 10_000},
	} {
		if n.from == nil {
			continue
		}
		if *n.from < n.lo || *n.from > n.hi {
			return e, bad(n.key, fmt.Sprintf("%d is not a whole number from %d to %d", *n.from, n.lo, n.hi))
		}
		*n.to = *n.from
	}
	if f.Timeout != nil {
		if !(*f.Timeout >= 0.1 && *f.Timeout <= 86_400) { // nan is a number of TOML
			return e, bad("timeout_seconds", fmt.Sprintf("%g is not a number of seconds from 0.1 to 86400", *f.Timeout))
		}
		e.Timeout = time.Duration(*f.Timeout * float64(time.Second))
	}
	if name, err := checkHeaders(f.Headers); err != nil {
		key := "headers." + name
		if l.lines[prefix+key] == 0 { // all of them in one line
			key = "headers"
		}
		return e, bad(key, err.Error())
	}
	if e.CAFile != "" {
		e.CAFile = l.inConfigDir(e.CAFile)
	}
	return l.endpointPlace(prefix, e, f, bad)
}

// endpointPlace finds URL and key. A listed endpoint gets its key from its own entry, or from the environment
// variable that is meant for this relay; never from a .env.
func (l *loader) endpointPlace(
	prefix string, e Endpoint, f fileEndpoint, bad func(key, message string) error,
) (Endpoint, error) {
	place := f.BaseURL
	if place == "" && e.Kind == KindHolySheep {
		place = DefaultHolySheepURL
	}
	if place == "" {
		return e, bad("base_url", "the endpoint "+f.Name+" needs a base_url")
	}
	var err error
	if e.BaseURL, err = l.cleanURL(place, e.AllowHTTP); err != nil {
		return e, bad("base_url", err.Error())
	}
	e.URLSource = l.fromConfig(prefix+"base_url", "").at
	if underHolySheep(e.BaseURL) {
		e.Kind = KindHolySheep
	}
	key, err := l.configKey(f.keySource, prefix)
	if err != nil {
		return e, err
	}
	for _, p := range pairs() {
		v := l.urls[p.key]
		if key.none() && v.text != "" && v.from == fromEnv && endpointPair(e) == p.name {
			secret, err := CleanKey(v.text)
			if err != nil {
				return e, &Error{File: v.file, Line: v.line, Key: p.key, Message: err.Error()}
			}
			key = foundKey{secret: secret, from: v.from, at: v.at}
		}
	}
	e.Key, e.KeyCmd, e.KeySource = key.secret, key.cmd, key.at
	return e, nil
}

// endpointPair returns the name of the pair whose key is meant for this endpoint, or "".
func endpointPair(e Endpoint) string {
	if e.Kind == KindHolySheep {
		return "holysheep"
	}
	if u, err := url.Parse(e.BaseURL); err == nil && u.Hostname() == "api.openai.com" && u.Scheme == "https" {
		return "openai"
	}
	return ""
}

// configKey reads the key from a key source of the config file.
func (l *loader) configKey(k keySource, prefix string) (foundKey, error) {
	given := ""
	for _, s := range []struct{ name, text string }{
		{"api_key", k.APIKey},
		{"api_key_env", k.APIKeyEnv},
		{"api_key_file", k.APIKeyFile},
		{"api_key_cmd", k.APIKeyCmd},
	} {
		if s.text == "" {
			continue
		}
		if given != "" {
			return foundKey{}, l.keyError(prefix, s.name,
				"only one of api_key, api_key_env, api_key_file and api_key_cmd can be given")
		}
		given = s.name
	}
	found := foundKey{from: fromFile, at: l.fromConfig(prefix+given, "").at}
	var err error
	switch given {
	case "":
		return foundKey{}, nil
	case "api_key":
		found.secret, err = CleanKey(k.APIKey)
	case "api_key_env":
		found.secret, err = CleanKey(l.environ[k.APIKeyEnv])
		found.at = Source{Kind: SourceEnv, Name: k.APIKeyEnv}
		if err == nil && found.secret == "" {
			l.notice(fmt.Sprintf("%s: api_key_env of %s names %s, which is not set: it sends no key",
				l.fromConfig(prefix+given, "").at, l.nameOf(prefix), k.APIKeyEnv))
		}
	case "api_key_file":
		found.secret, err = l.keyFromFile(k.APIKeyFile)
		found.at = Source{Kind: SourceKeyFile, Name: l.inConfigDir(k.APIKeyFile)}
	case "api_key_cmd":
		found.cmd, found.at.Kind = k.APIKeyCmd, SourceCommand
	}
	if err != nil {
		return foundKey{}, l.keyError(prefix, given, err.Error())
	}
	return found, nil
}

// notice adds a notice, unless it exists already.
func (l *loader) notice(text string) {
	if !slices.Contains(l.cfg.Notices, text) {
		l.cfg.Notices = append(l.cfg.Notices, text)
	}
}

// nameOf is the name of the endpoint with a prefix of the config file's keys.
func (l *loader) nameOf(prefix string) string {
	for i := range l.file.Endpoints {
		if prefix == fmt.Sprintf("endpoints.%d.", i) {
			return l.file.Endpoints[i].Name
		}
	}
	return "the relay"
}

func (l *loader) keyError(prefix, key, message string) error {
	return &Error{File: l.cfg.Paths.ConfigFile, Line: l.lines[prefix+key], Key: key, Message: message}
}

func (l *loader) distinctNames(list []Endpoint) error {
	seen := map[string]bool{}
	for _, e := range list {
		if seen[e.Name] {
			return l.sameName(e.Name)
		}
		seen[e.Name] = true
	}
	return nil
}

// sameName makes the error of a duplicate name, with the line of the last one.
func (l *loader) sameName(name string) error {
	line := 0
	for i := range l.file.Endpoints {
		if l.file.Endpoints[i].Name == name {
			line = l.lines[fmt.Sprintf("endpoints.%d.name", i)]
		}
	}
	return &Error{
		File:    l.cfg.Paths.ConfigFile,
		Line:    line,
		Key:     "name",
		Message: fmt.Sprintf("two endpoints are named %.60q", name),
	}
}

// fillLimits gives an endpoint without limits of its own those of the settings.
func (l *loader) fillLimits() {
	const rpm, tpm = "rate_limit_requests_per_minute", "rate_limit_tokens_per_minute"
	for i := range l.cfg.Relay.Endpoints {
		e := &l.cfg.Relay.Endpoints[i]
		e.RPMSetting, e.TPMSetting = "rpm", "tpm"
		if e.RPM < 0 {
			e.RPM, e.RPMSetting, e.AssumedRPM = l.cfg.RPM, rpm, l.found[rpm].from == fromDefault
		}
		if e.TPM < 0 {
			e.TPM, e.TPMSetting, e.AssumedTPM = l.cfg.TPM, tpm, l.found[tpm].from == fromDefault
		}
	}
}

func secretMap(headers map[string]string) map[string]Secret {
	if len(headers) == 0 {
		return nil
	}
	m := make(map[string]Secret, len(headers))
	for name, text := range headers {
		m[name] = Secret(text)
	}
	return m
}

func underHolySheep(text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return host == "holysheep.ai" || strings.HasSuffix(host, ".holysheep.ai")
}

// cleanURL is Input.CleanURL; without it, blanks are trimmed.
func (l *loader) cleanURL(text string, allowHTTP bool) (string, error) {
	text = unquote(text)
	if l.in.CleanURL == nil {
		return text, nil
	}
	return l.in.CleanURL(text, allowHTTP)
}

// checkHeaders refuses headers that can't be sent. The error never contains a value: it may be secret.
func checkHeaders(headers map[string]string) (name string, err error) {
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return !headerRune(r) }) {
			return name, fmt.Errorf("%.40q is not a header name: use letters, digits and -, no spaces or colons", name)
		}
		if strings.ContainsFunc(headers[name], func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return name, errors.New("the value of a header is one line without control characters")
		}
	}
	return "", nil
}

func headerRune(r rune) bool {
	return r > ' ' && r < 0x7f && !strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
}

// maskURL masks what may be secret in a URL: user info and query.
func maskURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "••••"
	}
	if u.User != nil {
		u.User = url.User("•")
	}
	if u.RawQuery != "" {
		u.RawQuery = "•"
	}
	s := u.String()
	return strings.ReplaceAll(s, "%E2%80%A2", "•")
}
