package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// KindHolySheep marks an endpoint that has the built-in prices of the HolySheep relay.
const KindHolySheep = "holysheep"

// Where a key is sent if no URL is set.
const (
	DefaultHolySheepURL = "https://api.holysheep.ai/v1"
	DefaultOpenAIURL    = "https://api.openai.com/v1"
)

// Relay is where requests go.
type Relay struct {
	Configured bool       // a URL or a key was set somewhere
	Demo       bool       // the simulated relay answers: nothing is configured, or --demo
	Endpoints  []Endpoint // empty in the demo
}

// Endpoint is one place to send to.
type Endpoint struct {
	Name        string
	Kind        string // holysheep, or ""
	BaseURL     string
	URLSource   Source
	Key         Secret // "": none, or KeyCmd gives it
	KeySource   Source
	KeyCmd      string // run by ResolveKeys
	Headers     map[string]Secret
	Models      []string // empty: any
	Weight      int
	RPM, TPM    int  // 0: no limit
	AssumedRPM  bool // nobody set it: it is the default
	AssumedTPM  bool
	RPMSetting  string // the key that RPM is from
	TPMSetting  string
	Concurrency int // 0: MaxConcurrent
	Timeout     time.Duration
	AllowHTTP   bool
	NoRequestID bool
	CAFile      string
}

// cheapModel is the cheapest model of the HolySheep relay and of the demo. It is the default for batch rows and for the
// fallback.
const cheapModel = "deepseek-v3.2"

// ModelIsSet reports whether someone chose DefaultModel.
func (c *Config) ModelIsSet() bool { return c.places["default_model"].from != fromDefault }

// BatchModel is the model of a batch that names none: the default model if someone set it, or if the relay is not
// known to have cheapModel.
func (c *Config) BatchModel() string {
	if !c.ModelIsSet() && (c.Relay.Demo || c.Relay.hasHolySheep()) {
		return cheapModel
	}
	return c.DefaultModel
}

func (r *Relay) hasHolySheep() bool {
	return slices.ContainsFunc(r.Endpoints, func(e Endpoint) bool { return e.Kind == KindHolySheep })
}

// KeyEnv is the environment variable that the key was read from; "" if it came from elsewhere.
func (e *Endpoint) KeyEnv() string {
	if e.KeySource.Kind == SourceEnv {
		return e.KeySource.Name
	}
	return ""
}

// RevealHeaders are the extra headers with their values in plain text, to be sent.
func (e *Endpoint) RevealHeaders() map[string]string {
	headers := make(map[string]string, len(e.Headers))
	for k, v := range e.Headers {
		headers[k] = v.Reveal()
	}
	return headers
}

// pair is two variables that belong together: their key is never sent to the URL of the other pair.
type pair struct {
	name, url, key, defaultURL string
	otherURLs                  []string // older names of the variable url, read where it is not set or empty
}

func pairs() []pair {
	return []pair{
		{name: "holysheep", url: "HOLYSHEEP_BASE_URL", key: "HOLYSHEEP_API_KEY", defaultURL: DefaultHolySheepURL,
			otherURLs: []string{"HOLYSHEEP_API_BASE"}},
		{name: "openai", url: "OPENAI_BASE_URL", key: "OPENAI_API_KEY", defaultURL: DefaultOpenAIURL,
			otherURLs: []string{"OPENAI_API_BASE", "OPENAI_API_BASE_URL"}},
	}
}

func pairVars() (names []string) {
	for _, p := range pairs() {
		names = append(names, p.url, p.key)
	}
	return names
}

// readPairs takes the variables of the pairs out of a map.
func (l *loader) readPairs(vars map[string]string, at func(name string) value) {
	for _, p := range pairs() {
		take := func(as, name string) bool {
			text, ok := vars[name]
			if !ok {
				return false
			}
			v := at(name)
			v.text, v.name = unquote(text), name
			if l.urls[as] = v; v.from == fromDotEnv {
				l.dotEnv[as] = v
			}
			return true
		}
		take(p.key, p.key)
		for _, name := range append([]string{p.url}, p.otherURLs...) {
			if take(p.url, name) && l.urls[p.url].text != "" {
				break
			}
		}
	}
}

// pairInUse is the first pair of which either variable is set to something. HOLYSHEEP_ wins over OPENAI_.
func (l *loader) pairInUse() (pair, bool) {
	for _, p := range pairs() {
		if l.urls[p.url].text != "" || l.urls[p.key].text != "" {
			return p, true
		}
	}
	return pairs()[0], false
}

// resolveRelay chooses between the relay of flags and variables, the one at the top of the config file, and its
// [[endpoints]].
func (l *loader) resolveRelay() error {
	listed, err := l.listed()
	if err != nil {
		return err
	}
	if name, err := checkHeaders(l.file.Headers); err != nil {
		line := l.lines["headers."+name]
		if line == 0 {
			line = l.lines["headers"]
		}
		return &Error{File: l.cfg.Paths.ConfigFile, Line: line, Key: "headers", Message: err.Error()}
	}
	l.ignoreDotEnv()
	r := &l.cfg.Relay
	r.Endpoints = listed
	want, picked := l.in.Flags["relay"]
	isListed := slices.ContainsFunc(listed, func(e Endpoint) bool { return e.Name == want })
	if !picked || !isListed {
		if err := l.addPrimary(r); err != nil {
			return err
		}
	}
	if err := l.distinctNames(r.Endpoints); err != nil {
		return err
	}
	r.Configured = len(r.Endpoints) > 0
	if picked {
		r.Endpoints = slices.DeleteFunc(slices.Clone(r.Endpoints), func(e Endpoint) bool { return e.Name != want })
		if len(r.Endpoints) == 0 {
			return &Error{
				Key:     "--relay",
				Message: fmt.Sprintf("there is no relay named %.60q; known are: %s", want, l.names(listed)),
			}
		}
	}
	demo, err := boolean(l.in.Flags["demo"])
	if err != nil {
		return &Error{Key: "--demo", Message: err.Error()}
	}
	if r.Demo = demo == "true" || !r.Configured; r.Demo {
		r.Endpoints = nil
	}
	l.nameDotEnv(r.Endpoints)
	return nil
}

func (l *loader) names(list []Endpoint) string {
	if len(list) == 0 {
		return "none, there are no [[endpoints]] in " + l.cfg.Paths.ConfigFile
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name)
	}
	return strings.Join(names, ", ")
}

// addPrimary puts the relay that is not one of [[endpoints]] in front. A URL from a flag or a variable takes
// precedence over the file: then it is the only one. A key alone is added to the list, unless an endpoint of its
// kind uses it. OPENAI_API_KEY is set on many machines for other programs: alone, it is never added to a list in
// the file.
func (l *loader) addPrimary(r *Relay) error {
	p, inUse := l.pairInUse()
	url, key, err := l.primary(p, inUse)
	if err != nil || url.text == "" {
		return err
	}
	if url.from <= fromFile && l.file.BaseURL == "" && len(r.Endpoints) > 0 {
		taken := slices.ContainsFunc(r.Endpoints, func(e Endpoint) bool { return endpointPair(e) == p.name })
		if taken || p.name == "openai" {
			return nil
		}
	}
	e := Endpoint{Name: "relay", Kind: l.file.Kind, BaseURL: url.text, URLSource: url.at, KeyCmd: key.cmd, Key: key.secret,
		KeySource: key.at, Weight: 1, RPM: -1, TPM: -1, AllowHTTP: l.allowHTTP()}
	if inUse {
		e.Name = p.name
	}
	if url.from == fromFile || url.from == fromDefault {
		e.Headers, e.CAFile = secretMap(l.file.Headers), l.file.CAFile
	}
	if p.name == "holysheep" && (inUse || url.from == fromDefault) || underHolySheep(e.BaseURL) {
		e.Kind = KindHolySheep
	}
	if e.Kind == KindHolySheep && e.Name == "relay" {
		e.Name = KindHolySheep
	}
	if e.CAFile != "" {
		e.CAFile = l.inConfigDir(e.CAFile)
	}
	if url.from > fromFile {
		r.Endpoints = nil
	}
	r.Endpoints = append([]Endpoint{e}, r.Endpoints...)
	return nil
}

// foundKey is a key, or the command that prints it, and where it was set.
type foundKey struct {
	secret Secret
	cmd    string
	from   origin
	at     Source
}

func (k foundKey) none() bool { return k.secret == "" && k.cmd == "" }

// primary finds URL and key. An empty URL means that neither is set.
func (l *loader) primary(p pair, inUse bool) (value, foundKey, error) {
	key, err := l.primaryKey(p, inUse)
	if err != nil {
		return value{}, key, err
	}
	url := value{text: p.defaultURL, at: Source{Kind: SourceDefault}}
	named := true
	text, ok := l.in.Flags["base-url"]
	switch {
	case ok && text != "":
		url = value{text: text, from: fromFlag, at: Source{Kind: SourceFlag, Name: "base-url"}}
	case l.urls[p.url].text != "":
		url = l.urls[p.url]
	case l.file.BaseURL != "":
		url = l.fromConfig("base_url", l.file.BaseURL)
	default:
		named = false
	}
	if !named && key.none() {
		return value{}, key, nil
	}
	url.text, err = l.cleanURL(url.text, l.allowHTTP())
	if err != nil {
		return value{}, key, &Error{File: url.file, Line: url.line, Key: urlName(url, p), Message: err.Error()}
	}
	return url, key, l.mayGo(p, key, url)
}

// primaryKey is the pair's key, else that of the config file. A pair whose key is set to "" has none.
func (l *loader) primaryKey(p pair, inUse bool) (foundKey, error) {
	v, set := l.urls[p.key]
	openAIOnly := p.name == "openai" && l.urls[p.url].text == ""
	ownPair := l.file.BaseURL != "" && l.file.given()
	if inUse && set && !(openAIOnly && ownPair) {
		secret, err := CleanKey(v.text)
		if err != nil {
			return foundKey{}, &Error{File: v.file, Line: v.line, Key: p.key, Message: err.Error()}
		}
		if secret == "" {
			return foundKey{}, nil
		}
		return foundKey{secret: secret, from: v.from, at: v.at}, nil
	}
	return l.configKey(l.file.keySource, "")
}

// mayGo decides whether a key may be sent to a URL. A .env in the working directory may belong to another project, so
// its URL gets none of the user's keys, and its key is sent to none of the user's URLs.
func (l *loader) mayGo(p pair, key foundKey, url value) error {
	if key.none() || url.text == p.defaultURL || url.from == fromDefault {
		return nil
	}
	own, _ := l.cleanURL(l.dotEnv[p.url].text, true) // "" if the .env has none
	keyLocal, urlLocal := key.from == fromDotEnv, url.from == fromDotEnv
	if keyLocal == urlLocal || keyLocal && own == url.text {
		return nil
	}
	why := "a URL from a .env gets only a key from the same .env. Set " + p.url +
		" in the environment if you trust it, or remove it from the .env"
	if keyLocal {
		why = "a key from a .env goes only to the URL beside it or to the default. Set " + p.key +
			" in the environment if it is meant for this URL"
	}
	return &Error{File: url.file, Line: url.line, Key: urlName(url, p),
		Message: fmt.Sprintf("the key (%s) is not sent to %s (%s): %s", key.at, maskURL(url.text), url.at, why)}
}

func urlName(url value, p pair) string {
	switch url.from {
	case fromFlag:
		return "--base-url"
	case fromFile:
		return "base_url"
	case fromDefault, fromDotEnv, fromEnv:
	}
	return cmp.Or(url.name, p.url)
}

func (l *loader) fromConfig(key, text string) value {
	path, line := l.cfg.Paths.ConfigFile, l.lines[key]
	at := Source{Kind: SourceConfig, Name: path, Line: line}
	return value{text: text, from: fromFile, at: at, file: path, line: line}
}

func (l *loader) allowHTTP() bool { return l.found["allow_http"].text == "true" }
