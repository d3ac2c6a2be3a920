package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// world is a home and a working directory with their files.
type world struct {
	toml, dotenv, envFile string
	env                   []string
	flags                 map[string]string
}

func (w world) input(t testing.TB) Input {
	t.Helper()
	root := t.TempDir()
	in := Input{
		Home:     filepath.Join(root, "home"),
		Dir:      filepath.Join(root, "work"),
		Environ:  w.env,
		Flags:    w.flags,
		OS:       "linux",
		CleanURL: clean,
	}
	write := func(path, text string) {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if text != "" {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(filepath.Join(in.Home, ".config", "relaytop", "config.toml"), w.toml)
	write(filepath.Join(in.Dir, ".env"), w.dotenv)
	if w.envFile != "" {
		in.EnvFile = filepath.Join(root, "given.env")
		write(in.EnvFile, w.envFile)
	}
	return in
}

// clean stands for the client's CleanURL.
func clean(raw string, allowHTTP bool) (string, error) {
	host, https := strings.CutPrefix(strings.TrimRight(strings.TrimSpace(raw), "/"), "https://")
	if local := strings.HasPrefix(raw, "http://127.0.0.1"); !https && !allowHTTP && !local {
		return "", errors.New(`is refused: write "https://relay.example/v1"`)
	}
	if https {
		return "https://" + host, nil
	}
	return host, nil
}

func (w world) load(t testing.TB) (*Config, error) {
	t.Helper()
	return Load(w.input(t))
}

func source(c *Config, name string) string {
	for _, s := range c.Show() {
		if s.Name == name {
			return s.Source.String()
		}
	}
	return "not shown"
}

func TestDefaultsAreTheDemo(t *testing.T) {
	c, err := world{}.load(t)
	if err != nil {
		t.Fatal(err)
	}
	if c.Relay.Configured || !c.Relay.Demo || len(c.Relay.Endpoints) != 0 {
		t.Errorf("relay = %+v", c.Relay)
	}
	want := Values{
		DefaultModel:   "gpt-4.1",
		MaxConcurrent:  50,
		RequestTimeout: 120 * time.Second,
		RetryAttempts:  3,
		RetryBackoff:   500 * time.Millisecond,
		RPM:            500,
		TPM:            100000,
		MaxWait:        time.Minute,
		MaxHold:        time.Hour,
		BatchPoll:      5 * time.Second,
		Notify:         "desktop",
		BatchPartRows:  50_000,
		BatchPartMB:    200,
		Route:          "weighted",
		FPS:            30,
		Motion:         true,
		Symbols:        "braille",
		Theme:          "auto",
		LogLevel:       "info",
		PriceMaxAge:    24 * time.Hour,
		Cache:          "off",
		CacheMaxMB:     256,
		CacheMaxAge:    30 * 24 * time.Hour,
	}
	if got := c.Values; got.DefaultModel != want.DefaultModel || len(got.Fallback) != 0 {
		t.Errorf("models = %q %q", got.DefaultModel, got.Fallback)
	} else if got.Fallback = nil; !equalValues(got, want) {
		t.Errorf("values = %+v\n    want %+v", got, want)
	}
}

func equalValues(a, b Values) bool {
	a.Fallback, b.Fallback = nil, nil
	return strings.EqualFold(printed(a), printed(b))
}

func TestPrecedence(t *testing.T) {
	layers := []struct {
		name   string
		add    func(*world)
		model  string
		source string
	}{
		{"default", func(*world) {}, "gpt-4.1", "default"},
		{"file", func(w *world) { w.toml = "\ndefault_model = 'from-file'\n" }, "from-file", "config.toml:2"},
		{".env", func(w *world) { w.dotenv = "# mine\nDEFAULT_MODEL=from-dotenv\n" }, "from-dotenv", ".env:2"},
		{"environment", func(w *world) { w.env = []string{"DEFAULT_MODEL=from-env"} }, "from-env",
			"environment DEFAULT_MODEL"},
		{"env file", func(w *world) { w.envFile = "export DEFAULT_MODEL=from-given\n" }, "from-given", "given.env:1"},
		{"flag", func(w *world) { w.flags = map[string]string{"model": "from-flag"} }, "from-flag", "flag --model"},
	}
	var w world
	for _, l := range layers {
		l.add(&w)
		c, err := w.load(t)
		if err != nil {
			t.Fatalf("%s: %v", l.name, err)
		}
		if c.DefaultModel != l.model || !strings.HasSuffix(source(c, "default_model"), l.source) {
			t.Errorf("%s: %q from %q", l.name, c.DefaultModel, source(c, "default_model"))
		}
	}
}

func TestEmptyMeansNone(t *testing.T) {
	w := world{
		env: []string{"HOLYSHEEP_API_KEY=k", "FALLBACK_MODEL=", "MAX_CONCURRENT_REQUESTS=",
			"RATE_LIMIT_TOKENS_PER_MINUTE=", "NO_COLOR="},
		toml: "fallback_model = 'a'\nmax_concurrent_requests = 7",
	}
	c, err := w.load(t)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Fallback) != 0 || c.MaxConcurrent != 50 || c.TPM != 0 || c.RPM != 500 || c.NoColor {
		t.Errorf("%+v", c.Values)
	}
	if e := c.Relay.Endpoints[0]; e.TPM != 0 || e.RPM != 500 {
		t.Errorf("endpoint's limits: %d %d", e.RPM, e.TPM)
	}
	w = world{env: []string{"HOLYSHEEP_API_KEY=", "OPENAI_API_KEY=sk"}, dotenv: "HOLYSHEEP_API_KEY=other"}
	if c, err = w.load(t); err != nil || c.Relay.Endpoints[0].Name != "openai" {
		t.Errorf("an empty HOLYSHEEP_API_KEY hides the .env and leaves the pair unset: %+v %v", c, err)
	}
}

func TestRequestLimit(t *testing.T) {
	for text, want := range map[string]time.Duration{"": 0, "request_limit = 0": 0,
		"request_limit = 2.5": 2500 * time.Millisecond, "request_limit = '5m'": 5 * time.Minute, "request_limit = ''": 0} {
		if c, err := (world{toml: text}).load(t); err != nil || c.RequestLimit != want {
			t.Errorf("%q: %+v %v", text, c, err)
		}
	}
}

func TestFallbackDefaultDependsOnTheRelay(t *testing.T) {
	for _, tt := range []struct {
		env  []string
		want string
	}{
		{[]string{"HOLYSHEEP_API_KEY=k"}, "deepseek-v3.2"},
		{[]string{"HOLYSHEEP_BASE_URL=http://127.0.0.1:9/v1"}, "deepseek-v3.2"},
		{[]string{"OPENAI_API_KEY=k"}, ""},
		{[]string{"OPENAI_BASE_URL=https://eu.holysheep.ai/v1"}, "deepseek-v3.2"},
		{[]string{"OPENAI_API_KEY=k", "FALLBACK_MODEL= a , b,a"}, "a b"},
		{nil, ""},
	} {
		c, err := world{env: tt.env}.load(t)
		if err != nil || strings.Join(c.Fallback, " ") != tt.want {
			t.Errorf("%v: %v %v, want %q", tt.env, c, err, tt.want)
		}
	}
}

func TestBadValuesNamePlaceAndRange(t *testing.T) {
	for _, tt := range []struct {
		w    world
		want []string
	}{
		{world{toml: "a = 1"}, []string{"config.toml:1", "unknown key", "default_model"}},
		{world{toml: "request_limit = -1"}, []string{"config.toml:1", "request_limit", "0 to 86400"}},
		{world{toml: "\nfps = 61"}, []string{"config.toml:2", "fps", "1 to 60"}},
		{world{toml: "motion = off"}, []string{"config.toml:1"}},
		{world{toml: "motion = 'sometimes'"}, []string{"config.toml:1", "motion", "off"}},
		{world{toml: "[fps]\nx = 1"}, []string{"config.toml:1", "fps"}},
		{world{toml: "[[endpoints]]\nname = 'a'\nbase_url = 'https://a/v1'\nweigth = 2"},
			[]string{"config.toml:4", "weigth", "weight"}},
		{world{toml: "[[endpoints]]\nname = 'a'\nbase_url = 'https://a'\n[[endpoints]]\nname = 'b'\nbase_url = " +
			"'https://b'\nweight = 0"}, []string{"config.toml:7", "1 to 1000"}},
		{world{toml: "[[endpoints]]\nname = 'a'\nbase_url = 'https://a'\nrpm = 'x'"}, []string{"config.toml:4", "rpm"}},
		{world{toml: "[[endpoints]]\nbase_url = 'https://a'"}, []string{"config.toml:1", "name"}},
		{world{toml: "[[endpoints]]\nname = 'a'"}, []string{"config.toml:1", "base_url"}},
		{world{toml: "[[endpoints]]\nname = 'a'\nbase_url='https://a'\n[[endpoints]]\nname = 'a'\nbase_url='https://b'"},
			[]string{"two endpoints"}},
		{world{toml: "budget_day = -1"}, []string{"config.toml:1", "dollars"}},
		{world{toml: "\nbudget_day = 0.00"}, []string{"config.toml:2", "above 0"}},
		{world{toml: "cache = 'fuzzy'"}, []string{"config.toml:1", "off nor exact"}},
		{world{toml: "cache_max_mb = 0"}, []string{"config.toml:1", "from 1"}},
		{world{toml: "cache_max_age = '1s'"}, []string{"config.toml:1", "1m to 3650d"}},
		{world{toml: "price_max_age = '-3d'"}, []string{"config.toml:1", "1m to 3650d"}},
		{world{flags: map[string]string{"cache": "x"}}, []string{"--cache", "off nor exact"}},
		{world{dotenv: "\nMAX_CONCURRENT_REQUESTS=many"}, []string{".env:2", "MAX_CONCURRENT_REQUESTS", "1 to 10000"}},
		{world{env: []string{"REQUEST_TIMEOUT_SECONDS=-1"}}, []string{"REQUEST_TIMEOUT_SECONDS", "0.1 to 86400"}},
		{world{env: []string{"HOLYSHEEP_BASE_URL=relay.example/v1"}},
			[]string{"HOLYSHEEP_BASE_URL", "https://relay.example/v1"}},
		{world{env: []string{"HOLYSHEEP_BASE_URL=http://relay.example/v1"}}, []string{"HOLYSHEEP_BASE_URL: is refused"}},
		{world{toml: "[[endpoints]]\nname = 'a'\nbase_url = 'relay.example'"},
			[]string{"config.toml:3: base_url: is refused", "https://relay.example/v1"}},
		{world{toml: "[[endpoints]]\nname = 'a'\nbase_url = 'https://a'\n[endpoints.headers]\nX-Good = '1'\n'X Bad' = '1'"},
			[]string{"config.toml:6: headers.X Bad", "is not a header name"}},
		{world{toml: "[[endpoints]]\nname = 'a'\nbase_url = 'https://a'\nheaders = {'X:Y' = '1'}"},
			[]string{"config.toml:4", "is not a header name"}},
		{world{toml: "base_url = 'https://a'\n[headers]\nX-Bad = \"1\\nX-Worse: 2\""},
			[]string{"config.toml:3: headers", "one line"}},
		{world{env: []string{"HOLYSHEEP_API_KEY=a\nb"}}, []string{"HOLYSHEEP_API_KEY", "printable"}},
		{world{flags: map[string]string{"base-url": "ftp://x"}}, []string{"--base-url", "is refused"}},
		{world{flags: map[string]string{"relay": "x"}}, []string{"--relay", "no relay named"}},
	} {
		_, err := tt.w.load(t)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%+v: error = %v, want an *Error", tt.w, err)
			continue
		}
		for _, part := range tt.want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%+v: %q does not say %q", tt.w, err, part)
			}
		}
	}
}

func TestDotEnvCountsOnlyKnownNames(t *testing.T) {
	w := world{dotenv: "HTTPS_PROXY=http://evil\nEDITOR=rm\nNO_COLOR=1\nRELAYTOP_DATA_DIR=/evil\n" +
		"SSL_CERT_FILE=/evil\nRETRY_MAX_ATTEMPTS=5\n"}
	c, err := w.load(t)
	if err != nil {
		t.Fatal(err)
	}
	if c.NoColor || strings.Contains(c.Paths.Data, "evil") || c.RetryAttempts != 5 {
		t.Errorf("%+v %+v", c.Values, c.Paths)
	}
	for _, name := range []string{"HTTPS_PROXY", "EDITOR", "SSL_CERT_FILE", "RETRY_MAX_ATTEMPTS"} {
		if v := os.Getenv(name); strings.Contains(v, "evil") || v == "5" {
			t.Errorf("%s was put into the process environment: %q", name, v)
		}
	}
}

func TestFileSettings(t *testing.T) {
	c, err := world{toml: `
fallback_model = ["a", "b"]
fps = "auto"
motion = "off"
budget_day = 12.5
max_wait = "90s"
ascii = true
[keys]
"chat.send" = "ctrl+s"
palette = ["ctrl+p", "f1"]
quit = ""
`}.load(t)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(c.Fallback, " ") != "a b" || c.FPS != 0 || c.Motion || c.BudgetDay != "12.5" ||
		c.MaxWait != 90*time.Second || !c.ASCII {
		t.Errorf("%+v", c.Values)
	}
	if k := c.Keys; len(k) != 3 || k["chat.send"][0] != "ctrl+s" || len(k["palette"]) != 2 || k["quit"] == nil ||
		len(k["quit"]) != 0 {
		t.Errorf("keys = %v", k)
	}
}

func TestCacheSettings(t *testing.T) {
	for _, tt := range []struct {
		toml, flag string
		on         bool
	}{{"", "", false}, {"", "true", true}, {"cache = 'exact'", "", true}, {"cache = 'exact'", "false", false},
		{"cache = 'off'", "true", true}, {"cache = true", "", true}} {
		w := world{toml: tt.toml}
		if tt.flag != "" {
			w.flags = map[string]string{"cache": tt.flag}
		}
		if c, err := w.load(t); err != nil || c.Caches() != tt.on {
			t.Errorf("%+v: %v", tt, err)
		}
	}
	c, err := world{toml: "cache_any = true\ncache_max_mb = 5\ncache_max_age = '7d'\nprice_max_age = '90m'"}.load(t)
	if err != nil || !c.CacheAny || c.CacheMaxMB != 5 || c.CacheMaxAge != 7*24*time.Hour ||
		c.PriceMaxAge != 90*time.Minute {
		t.Errorf("%+v %v", c, err)
	}
}

func TestPaths(t *testing.T) {
	for _, tt := range []struct {
		in     Input
		config string
		data   string
	}{
		{Input{OS: "linux", Home: "/h"}, "/h/.config/relaytop/config.toml", "/h/.local/share/relaytop"},
		{Input{OS: "linux", Home: "/h", Environ: []string{"XDG_CONFIG_HOME=/c", "XDG_DATA_HOME=rel"}},
			"/c/relaytop/config.toml", "/h/.local/share/relaytop"},
		{Input{OS: "darwin", Home: "/h"}, "/h/Library/Application Support/relaytop/config.toml",
			"/h/Library/Application Support/relaytop"},
		{Input{OS: "windows", Home: "/h"}, "/h/AppData/Roaming/relaytop/config.toml", "/h/AppData/Local/relaytop"},
		{Input{OS: "linux", Home: "/h", DataDir: "d", Dir: "/w"}, "/w/d/config.toml", "/w/d"},
		{Input{OS: "linux", Home: "/h", Environ: []string{"RELAYTOP_DATA_DIR=/d"}}, "/d/config.toml", "/d"},
	} {
		c, err := Load(tt.in)
		if err != nil || c.Paths.ConfigFile != tt.config || c.Paths.Data != tt.data {
			t.Errorf("%+v: %+v %v", tt.in, c, err)
		}
	}
	if _, err := Load(Input{OS: "linux", Home: "/h", ConfigPath: "/nowhere/c.toml"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a config that was named and is not there: %v", err)
	}
}

// TestTheModelOfABatch: a default model that someone set is meant for batches too.
func TestTheModelOfABatch(t *testing.T) {
	holysheep := []string{"HOLYSHEEP_API_KEY=sk-of-a-test-relay"}
	for name, c := range map[string]struct {
		w    world
		want string
	}{
		"demo":                 {world{}, cheapModel},
		"demo, set":            {world{toml: "default_model = 'm'"}, "m"},
		"holysheep":            {world{env: holysheep}, cheapModel},
		"holysheep, set":       {world{env: append(holysheep, "DEFAULT_MODEL=m")}, "m"},
		"another relay":        {world{env: []string{"OPENAI_API_KEY=sk-of-a-test-relay"}}, "gpt-4.1"},
		"the default, spelled": {world{toml: "default_model = 'gpt-4.1'"}, "gpt-4.1"},
	} {
		got, err := c.w.load(t)
		if err != nil || got.BatchModel() != c.want {
			t.Errorf("%s: %v, %v; want %s", name, got.BatchModel(), err, c.want)
		}
	}
}
