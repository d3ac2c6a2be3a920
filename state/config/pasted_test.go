package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKeysAsTheyArePasted: what is around a key is taken off, wherever it is set, and what can't be right is refused.
func TestKeysAsTheyArePasted(t *testing.T) {
	for given, want := range map[string]string{
		"sk-test": "sk-test", ` "sk-test" `: "sk-test", "'sk-test'": "sk-test", "“sk-test”": "sk-test",
		"Bearer sk-test": "sk-test", `"Bearer sk-test"`: "sk-test", `bearer  "sk-test"`: "sk-test",
		"Authorization: Bearer sk-test": "sk-test", `""`: "", "sk-'te\"st": `sk-'te"st`,
		`"sk-test`: "!quotation mark", "sk-test'": "!quotation mark",
		"sk-té": "!printable ASCII", "a\nb": "!printable ASCII", "sk-a sk-b": "!a blank",
	} {
		key, err := CleanKey(given)
		if reason, bad := strings.CutPrefix(want, "!"); bad {
			if err == nil || !strings.Contains(err.Error(), reason) || strings.Contains(err.Error(), "sk-") {
				t.Errorf("%q: %q, %v", given, key.Reveal(), err)
			}
		} else if err != nil || key.Reveal() != want {
			t.Errorf("%q: %q, %v, want %q", given, key.Reveal(), err, want)
		}
	}
	const url = "https://own.example/v1"
	for name, w := range map[string]world{
		"environment":      {env: []string{`OPENAI_API_KEY="sk-test"`, "OPENAI_BASE_URL='" + url + "'"}},
		"--env-file":       {envFile: `OPENAI_API_KEY='"sk-test"'` + "\nOPENAI_BASE_URL=" + url},
		".env":             {dotenv: "\ufeffOPENAI_API_KEY=Bearer sk-test\nOPENAI_BASE_URL=\"" + url + "\""},
		"config":           {toml: "\ufeffbase_url = '\"" + url + "\"'\napi_key = '\"sk-test\"'"},
		"api_key_env":      {toml: "base_url = '" + url + "'\napi_key_env = 'MINE'", env: []string{"MINE='sk-test'"}},
		"api_key_cmd":      {toml: "base_url = '" + url + "'\napi_key_cmd = 'echo Bearer sk-test'"},
		"OPENAI_API_BASE":  {env: []string{"OPENAI_API_BASE=" + url, "OPENAI_API_KEY=sk-test"}},
		"older, in a .env": {dotenv: "OPENAI_API_BASE=" + url + "\nOPENAI_API_KEY=sk-test"},
		"the newer name": {env: []string{"OPENAI_API_BASE=https://old.example", "OPENAI_BASE_URL=" + url,
			"OPENAI_API_KEY=sk-test"}},
		"the newer name is empty": {env: []string{"OPENAI_API_BASE=" + url, "OPENAI_BASE_URL=", "OPENAI_API_KEY=sk-test"}},
		"a line for a key":        {env: []string{"OPENAI_BASE_URL=" + url, "OPENAI_API_KEY=OPENAI_API_KEY=sk-test"}},
		"a line of a shell":       {env: []string{"OPENAI_BASE_URL=" + url, "OPENAI_API_KEY=export MY_TOKEN=\"sk-test\""}},
		"two marks":               {toml: "\ufeff\ufeffbase_url = '" + url + "'\napi_key = 'sk-test'"},
		"a higher layer": {dotenv: "OPENAI_BASE_URL=https://old.example",
			env: []string{"OPENAI_API_BASE=" + url, "OPENAI_API_KEY=sk-test"}},
		"HOLYSHEEP_API_BASE": {env: []string{"HOLYSHEEP_API_BASE=" + url, "HOLYSHEEP_API_KEY=sk-test"}},
	} {
		c, err := w.load(t)
		if err == nil {
			err = c.ResolveKeys(t.Context())
		}
		if err != nil || len(c.Relay.Endpoints) != 1 || c.Relay.Endpoints[0].BaseURL != url ||
			c.Relay.Endpoints[0].Key.Reveal() != "sk-test" {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	c, err := world{env: []string{"DEFAULT_MODEL=\"m\"", "MAX_CONCURRENT_REQUESTS='7'"}}.load(t)
	if err != nil || c.DefaultModel != "m" || c.MaxConcurrent != 7 {
		t.Errorf("settings in quotes: %+v, %v", c, err)
	}
	_, err = world{env: []string{"OPENAI_API_BASE=http://relay.example"}}.load(t)
	if err == nil || !strings.Contains(err.Error(), "OPENAI_API_BASE: is refused") {
		t.Errorf("the variable is not the one that is set: %v", err)
	}
}

// TestFilesWithAByteOrderMark are read as those without; UTF-16 is named.
func TestFilesWithAByteOrderMark(t *testing.T) {
	c, err := world{toml: "\ufefftheme = \"dark\"\nfps = 20"}.load(t)
	if err != nil || c.Theme != "dark" || c.FPS != 20 || !strings.HasSuffix(source(c, "theme"), "config.toml:1") {
		t.Errorf("%+v, %v, theme from %s", c, err, source(c, "theme"))
	}
	c, err = world{dotenv: "\ufeffDEFAULT_MODEL=m"}.load(t)
	if err != nil || c.DefaultModel != "m" || !strings.HasSuffix(source(c, "default_model"), ".env:1") {
		t.Errorf("%+v, %v, model from %s", c, err, source(c, "default_model"))
	}
	const wide = "f\x00p\x00s\x00=\x001\x00"
	for name, w := range map[string]world{"config.toml": {toml: wide}, ".env": {dotenv: wide},
		"given.env": {envFile: wide}} {
		var e *Error
		if _, err := w.load(t); !errors.As(err, &e) || !strings.Contains(err.Error(), "UTF-16") ||
			!strings.HasSuffix(e.File, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	in := world{toml: "base_url='https://a'\napi_key_file='key'"}.input(t)
	for text, want := range map[string]string{"\ufeffBearer sk-test\r\n": "sk-test", "\xff\xfes\x00k\x00": ""} {
		if err := os.WriteFile(filepath.Join(in.Home, ".config", "relaytop", "key"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Load(in)
		if want != "" && (err != nil || c.Relay.Endpoints[0].Key.Reveal() != want) ||
			want == "" && (err == nil || !strings.Contains(err.Error(), "UTF-16")) {
			t.Errorf("key file %q: %v", text, err)
		}
	}
	if err := os.WriteFile(filepath.Join(in.Home, ".config", "relaytop", "key"), []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(in); err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("an empty key file: %v", err)
	}
	in.ConfigPath = filepath.Join(in.Home, "own.toml")
	if err := os.WriteFile(in.ConfigPath, []byte("\ufefffps = 20\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(in.ConfigPath, Draft{Name: "a", BaseURL: "https://a/v1", DefaultModel: "m"}, true); err != nil {
		t.Fatal(err)
	}
	if c, err := Load(in); err != nil || c.FPS != 20 || c.DefaultModel != "m" || len(c.Relay.Endpoints) != 1 {
		t.Errorf("after init: %+v, %v", c, err)
	}
}

// TestTypeErrorsNameTheKeyAndAnExample, and nothing of Go.
func TestTypeErrorsNameTheKeyAndAnExample(t *testing.T) {
	const head = "[[endpoints]]\nname = 'a'\nbase_url = 'https://a/v1'\n"
	for text, want := range map[string][]string{
		"base_url = 5": {"config.toml:1: base_url: is a whole number and has to be text",
			`base_url = "https://`},
		"\napi_key = true": {"config.toml:2: api_key: is true or false", `api_key = "sk-..."`},
		"headers = 'x'": {"config.toml:1: headers: is text and has to be a table of texts",
			`headers = { X-Team = "blue" }`},
		"[headers]\nA = 1": {"config.toml:1: headers: is a table with a whole number in it", "headers = {"},
		"keys = 'ctrl+s'":  {"config.toml:1: keys: is text and has to be a table", "[keys]"},
		"endpoints = 5":    {"config.toml:1: endpoints: is a whole number", "[[endpoints]]"},
		"[endpoints]\nname = 'a'": {
			"config.toml:1: endpoints: is a table and has to be tables in double brackets", "[[endpoints]]"},
		"endpoints = ['a']":              {"config.toml:1: endpoints: is a list", "[[endpoints]]"},
		head + "weight = '2'":            {"config.toml:4: weight: is text and has to be a whole number", "weight = 100"},
		head + "rpm = 1.5":               {"config.toml:4: rpm: is a number and has to be a whole number", "rpm = 100"},
		head + "timeout_seconds = '9s'":  {"config.toml:4: timeout_seconds: is text and has to be a number", "= 120"},
		head + "models = 'm'":            {"config.toml:4: models: is text and has to be a list of texts", `["gpt-4.1"]`},
		head + "models = [1]":            {"config.toml:4: models: is a list with a whole number in it", `["gpt-4.1"]`},
		head + "allow_http = 'yes'":      {"config.toml:4: allow_http: is text and has to be true or false", "= true"},
		head + "[[endpoints]]\nname = 2": {"config.toml:5: name: is a whole number and has to be text", `name = "mine"`},
		"fps = 2026-11-30":               {"config.toml:1: fps: is a date", "fps = 30"},
		"fps = [30]":                     {"config.toml:1: fps: is a list", "fps = 30"},
		"theme = ['dark']":               {"config.toml:1: theme: is a list", `theme = "auto"`},
		"[theme]\nx = 1":                 {"config.toml:1: theme: is a table", `theme = "auto"`},
		"fallback_model = [1]": {"config.toml:1: fallback_model: is a list of a whole number",
			`["deepseek-v3.2"]`},
		"[budget_day]":                      {"config.toml:1: budget_day: is a table", "budget_day = 5"},
		head + "rpm = 99999999999999999999": {"config.toml:4: rpm: "},
		"motion = off # bare":               {"config.toml:1: motion: text stands in quotes", `motion = "off"`},
		"\nascii = True":                    {"config.toml:2: ascii: ", "ascii = true"},
		head + "timeout_seconds = nan":      {"config.toml:4: timeout_seconds: NaN is not a number of seconds"},
		"theme = “dark”":                    {"config.toml:1: theme: quotes are straight, not curly", `theme = "dark"`},
		"\napi_key = ”sk-test”":             {"config.toml:2: api_key: quotes are straight", `api_key = "sk-..."`},
		"api_key = sk-test":                 {"config.toml:1: api_key: text stands in quotes", `api_key = "sk-..."`},
	} {
		_, err := world{toml: text}.load(t)
		if err == nil {
			t.Errorf("%q is accepted", text)
			continue
		}
		for _, part := range want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q: %q does not say %q", text, err, part)
			}
		}
		for _, word := range []string{"struct", "config.", "int64", "strconv", "map[", "interface", "cannot decode"} {
			if said := strings.ReplaceAll(err.Error(), "config.toml", ""); strings.Contains(said, word) {
				t.Errorf("%q: %q speaks Go: %s", text, err, word)
			}
		}
	}
}
