// Package config reads the settings and tracks where each one comes from: flags > environment > .env > config.toml
// > defaults. It imports none of our packages but state/disk and has no side effects: it never sets an environment
// variable.
//
// Its rules:
//   - Every value carries its source. An unknown key or a bad value is an *Error with file, line and the valid range.
//   - A value that is set but empty means "none", or the default for a setting that always has a value.
//   - A key is sent only to the relay that it was meant for (see relay.go). Keys are of type Secret and print masked.
//   - A .env is read only if it is in the working directory, a regular file of at most 64 KiB, and not a link. Only the
//     variables in the table of settings are used.
//   - Load runs no command: api_key_cmd is run by ResolveKeys.
package config

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"relaytop/state/disk"
)

// Input is everything that Load reads. The zero value of a field means that it was not given.
type Input struct {
	Flags      map[string]string // the flags that were set, by name: model, fallback, base-url, relay, theme, ...
	Environ    []string          // os.Environ()
	Dir        string            // working directory, for its .env
	Home       string            // the user's home folder; "" takes HOME (USERPROFILE on Windows) from Environ
	ConfigPath string            // --config: must exist if given
	EnvFile    string            // --env-file: counts as environment, must exist if given
	DataDir    string            // --data-dir: one folder for everything
	OS         string            // GOOS; "" is this machine's

	// CleanURL normalizes a base URL, or says what is wrong with it, as in "has no scheme", and suggests the one that
	// was probably meant. If nil, URLs are taken as they are. The client supplies it.
	CleanURL func(raw string, allowHTTP bool) (string, error)
}

// Values are the settings that have one value each. `env` names the setting in the table.
type Values struct {
	DefaultModel   string        `env:"default_model"`
	Fallback       []string      `env:"fallback_model"` // in the order in which they are tried; empty: none
	MaxConcurrent  int           `env:"max_concurrent_requests"`
	RequestTimeout time.Duration `env:"request_timeout_seconds"` // longest silence of a stream
	RequestLimit   time.Duration `env:"request_limit"`           // a whole request, to its last token; 0: no limit
	RetryAttempts  int           `env:"retry_max_attempts"`      // including the first
	RetryBackoff   time.Duration `env:"retry_backoff_ms"`
	RPM            int           `env:"rate_limit_requests_per_minute"` // 0: no limit
	TPM            int           `env:"rate_limit_tokens_per_minute"`   // 0: no limit
	MaxWait        time.Duration `env:"max_wait"`                       // a request that has to wait longer fails
	MaxHold        time.Duration `env:"max_hold"`                       // a batch that is held longer pauses
	BatchPoll      time.Duration `env:"batch_poll"`                     // between two polls of a provider's batch
	NoStream       bool          `env:"no_stream"`                      // batches ask for plain JSON
	OnDone         string        `env:"on_done"`                        // shell command at the end of a batch; "": none
	Notify         string        `env:"notify"`                         // off, bell or desktop: the end of a batch
	MetricsListen  string        `env:"metrics_listen"`                 // address of the Prometheus endpoint; "": none
	BatchPartRows  int           `env:"batch_part_rows"`                // most rows of a file for a provider's batch
	BatchPartMB    int           `env:"batch_part_mb"`                  // its largest size
	BudgetDay      string        `env:"budget_day"`                     // exact decimal of US dollars; "": none
	PriceFile      string        `env:"price_file"`                     // the user's own prices; "": none
	PriceMaxAge    time.Duration `env:"price_max_age"`                  // how old a relay's own price list may be
	Cache          string        `env:"cache"`                          // off or exact
	CacheAny       bool          `env:"cache_any"`                      // also for requests that are not repeatable
	CacheMaxMB     int           `env:"cache_max_mb"`
	CacheMaxAge    time.Duration `env:"cache_max_age"`
	Route          string        `env:"route"`
	FPS            int           `env:"fps"` // 0: auto
	Motion         bool          `env:"motion"`
	Symbols        string        `env:"symbols"`
	Theme          string        `env:"theme"` // auto: by the terminal's background
	ASCII          bool          `env:"ascii"`
	NoColor        bool          `env:"no_color"`
	AllowHTTP      bool          `env:"allow_http"`
	LogLevel       string        `env:"log_level"`
	Quiet          bool          `env:"quiet"`
}

// Caches reports whether answers are cached.
func (v *Values) Caches() bool { return v.Cache == "exact" }

// Config is the result of Load. It is not changed afterwards, except that ResolveKeys fills in keys from commands.
type Config struct {
	Values
	Paths   Paths
	Relay   Relay
	Keys    map[string][]string // key overrides of [keys]: action -> keys; an empty list removes the key
	Read    []string            // files that were used: the config file, a .env, --env-file
	Notices []string            // lines to show at the start, such as a .env that was not read, and why

	settings []Setting
	places   map[string]value // of settings and keys, by name
}

// Load reads all layers and resolves them. Every error it returns is an *Error; nothing was sent.
func Load(in Input) (*Config, error) {
	if in.OS == "" {
		in.OS = runtime.GOOS
	}
	l := &loader{
		in:      in,
		environ: environMap(in.Environ),
		found:   map[string]value{},
		urls:    map[string]value{},
		dotEnv:  map[string]value{},
	}
	paths, err := findPaths(in, l.environ)
	if err != nil {
		return nil, err
	}
	l.cfg = &Config{Paths: paths}
	for _, step := range []func() error{
		l.readFile, l.readDotEnv, l.readEnviron, l.readEnvFile, l.readFlags, l.resolveRelay, l.fill,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return l.cfg, nil
}

// origin is a layer. A higher one wins.
type origin uint8

const (
	fromDefault origin = iota
	fromFile
	fromDotEnv
	fromEnv // the environment, and --env-file
	fromFlag
)

// value is a text and where it was set.
type value struct {
	text string
	name string // of the variable of a pair, as it is set
	from origin
	at   Source
	file string
	line int
}

// loader reads layer by layer, lowest first.
type loader struct {
	in      Input
	environ map[string]string
	found   map[string]value // by name of the setting
	urls    map[string]value // the four variables of the two pairs, by name
	file    file
	lines   map[string]int   // of the config file, by dotted key
	dotEnv  map[string]value // the variables of the two pairs in the .env, also where a higher layer wins
	cfg     *Config
}

// set checks one value and overrides that of lower layers.
func (l *loader) set(s setting, v value) error {
	text, err := s.normal(unquote(v.text))
	if err != nil {
		return &Error{File: v.file, Line: v.line, Key: keyName(s, v), Message: err.Error()}
	}
	v.text = text
	if v.text == "" && !s.none {
		v = value{text: s.def, from: v.from, at: v.at}
		v.at.Empty = true
		v.text, _ = s.normal(s.def)
	}
	l.found[s.name] = v
	return nil
}

// keyName returns the setting's name in the place where it was set.
func keyName(s setting, v value) string {
	switch v.from {
	case fromFlag:
		return "--" + s.flag
	case fromEnv, fromDotEnv:
		return s.env
	case fromDefault, fromFile:
	}
	return s.name
}

// readEnviron reads the environment variables of the table.
func (l *loader) readEnviron() error {
	return l.readVars(l.environ, func(name string) value {
		return value{from: fromEnv, at: Source{Kind: SourceEnv, Name: name}}
	}, false)
}

// readVars reads known variables from a map. onlyShared skips those that concern the terminal rather than the relay
// (NO_COLOR): a file can't set them.
func (l *loader) readVars(vars map[string]string, at func(name string) value, onlyShared bool) error {
	l.readPairs(vars, at)
	for _, s := range settings() {
		text, ok := vars[s.env]
		if s.env == "" || !ok || onlyShared && s.local {
			continue
		}
		v := at(s.env)
		v.text = text
		if s.local && text != "" {
			v.text = "on" // no-color.org: any text
		}
		if err := l.set(s, v); err != nil {
			return err
		}
	}
	return nil
}

// readFlags reads the flags.
func (l *loader) readFlags() error {
	for _, s := range settings() {
		text, ok := l.in.Flags[s.flag]
		if s.flag == "" || !ok {
			continue
		}
		if err := l.set(s, value{text: text, from: fromFlag, at: Source{Kind: SourceFlag, Name: s.flag}}); err != nil {
			return err
		}
	}
	return nil
}

// fill turns the winning texts into Values.
func (l *loader) fill() error {
	texts := map[string]string{}
	for _, s := range settings() {
		v, ok := l.found[s.name]
		if !ok {
			v = l.byDefault(s)
			l.found[s.name] = v
		}
		texts[s.name] = v.text
	}
	if err := env.ParseWithOptions(&l.cfg.Values, env.Options{Environment: texts}); err != nil {
		return &Error{Message: err.Error()}
	}
	if l.cfg.PriceFile != "" {
		l.cfg.PriceFile = l.inConfigDir(l.cfg.PriceFile)
	}
	l.fillLimits()
	l.cfg.settings = l.describe()
	l.cfg.places = l.found
	for action := range l.cfg.Keys {
		l.cfg.places["keys."+action] = l.fromConfig("keys."+action, "")
	}
	return nil
}

// byDefault returns the default of a setting. The fallback model has one only on the HolySheep relay, which serves
// it.
func (l *loader) byDefault(s setting) value {
	v := value{text: s.def, at: Source{Kind: SourceDefault}}
	if s.name == "fallback_model" && l.cfg.Relay.Configured && !l.cfg.Relay.Demo && l.cfg.Relay.hasHolySheep() {
		v = value{text: cheapModel, at: Source{Kind: SourceRelay}}
	}
	v.text, _ = s.normal(v.text)
	return v
}

// inConfigDir makes a path of the config file absolute: ~/ is the home, anything else relative is beside the config
// file.
func (l *loader) inConfigDir(path string) string {
	path = disk.ExpandHome(path, home(l.in, l.environ))
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(l.cfg.Paths.ConfigFile), path)
}

func environMap(environ []string) map[string]string {
	m := make(map[string]string, len(environ))
	for _, kv := range environ {
		if name, text, ok := strings.Cut(kv, "="); ok {
			m[name] = text
		}
	}
	return m
}

// Blame makes an *Error of a setting that fails a later check, with the place where it was set.
func (c *Config) Blame(name string, err error) error {
	v, key := c.places[name], name
	for _, s := range settings() {
		if s.name == name {
			key = keyName(s, v)
		}
	}
	return &Error{File: v.file, Line: v.line, Key: key, Message: err.Error()}
}

// Error is a wrong flag, variable or config file. The commands exit with 2 on it.
type Error struct {
	File    string // "": a flag, or the environment
	Line    int    // 0: not known
	Key     string
	Message string
	Cause   error
}

// Error is one line: where, what, and the valid range.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d", e.Line)
		}
		b.WriteString(": ")
	}
	if e.Key != "" {
		b.WriteString(e.Key + ": ")
	}
	b.WriteString(e.Message)
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// FromProcess is the Input of this process, with the flags that were set.
func FromProcess(flags map[string]string) Input {
	dir, _ := os.Getwd() // "": then no .env is read
	home, _ := os.UserHomeDir()
	return Input{Flags: flags, Environ: os.Environ(), Dir: dir, Home: home,
		ConfigPath: flags["config"], EnvFile: flags["env-file"], DataDir: flags["data-dir"]}
}
