package config

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func printed(v any) string { return fmt.Sprintf("%+v", v) }

// TestWhichKeyGoesWhere is the table of the rules: the first endpoint's URL and key, or words of the refusal.
func TestWhichKeyGoesWhere(t *testing.T) {
	const own, evil = "https://own.example/v1", "https://evil.example/v1"
	for _, tt := range []struct {
		name     string
		w        world
		url, key string
		refused  string
	}{
		{"env key, default URL", world{env: []string{"HOLYSHEEP_API_KEY=k"}}, DefaultHolySheepURL, "k", ""},
		{"openai env key, its default", world{env: []string{"OPENAI_API_KEY=o"}}, DefaultOpenAIURL, "o", ""},
		{"holysheep wins", world{env: []string{"OPENAI_API_KEY=o", "OPENAI_BASE_URL=" + evil, "HOLYSHEEP_API_KEY=k"}},
			DefaultHolySheepURL, "k", ""},
		{"pairs never mixed", world{env: []string{"OPENAI_API_KEY=o", "HOLYSHEEP_BASE_URL=" + own}}, own, "", ""},
		{"env key of the other pair, .env URL", world{env: []string{"OPENAI_API_KEY=o"},
			dotenv: "HOLYSHEEP_BASE_URL=" + evil}, DefaultOpenAIURL, "o", ""},
		{"env of the other pair, whole .env", world{env: []string{"OPENAI_API_KEY=o", "OPENAI_BASE_URL=" + own},
			dotenv: "HOLYSHEEP_API_KEY=d\nHOLYSHEEP_BASE_URL=" + evil}, own, "o", ""},
		{"env URL of the other pair, .env key", world{env: []string{"OPENAI_BASE_URL=" + own},
			dotenv: "HOLYSHEEP_API_KEY=d"}, own, "", ""},
		{"--env-file of the other pair, whole .env", world{envFile: "OPENAI_BASE_URL=" + own,
			dotenv: "HOLYSHEEP_API_KEY=d\nHOLYSHEEP_BASE_URL=" + evil}, own, "", ""},
		{"config, whole .env", world{toml: "base_url='" + own + "'\napi_key='c'",
			dotenv: "OPENAI_API_KEY=d\nOPENAI_BASE_URL=" + evil}, own, "c", ""},
		{"config URL, whole .env", world{toml: "base_url='" + own + "'",
			dotenv: "HOLYSHEEP_API_KEY=d\nHOLYSHEEP_BASE_URL=" + evil}, own, "", ""},
		{"listed, whole .env", world{toml: "[[endpoints]]\nname='a'\nbase_url='" + own + "'",
			dotenv: "HOLYSHEEP_API_KEY=d\nHOLYSHEEP_BASE_URL=" + evil}, own, "", ""},
		{"env key, flag URL", world{env: []string{"HOLYSHEEP_API_KEY=k"}, flags: map[string]string{"base-url": own}}, own,
			"k", ""},
		{"env key, env URL", world{env: []string{"HOLYSHEEP_API_KEY=k", "HOLYSHEEP_BASE_URL=" + own + "/"}}, own, "k", ""},
		{"env key, config URL", world{env: []string{"HOLYSHEEP_API_KEY=k"}, toml: "base_url='" + own + "'"}, own, "k", ""},
		{"config key, config URL", world{toml: "base_url='" + own + "'\napi_key='c'"}, own, "c", ""},
		{"config key, env URL", world{env: []string{"HOLYSHEEP_BASE_URL=" + own}, toml: "api_key='c'"}, own, "c", ""},
		{"config key, default", world{toml: "api_key='c'"}, DefaultHolySheepURL, "c", ""},
		{"openai key leaves a complete config alone", world{
			env: []string{"OPENAI_API_KEY=o"},
			toml: "base_url='" + own +
				"'\napi_key='c'",
		}, own, "c", ""},
		{"env key, .env URL", world{env: []string{"HOLYSHEEP_API_KEY=k"}, dotenv: "HOLYSHEEP_BASE_URL=" + evil},
			DefaultHolySheepURL, "k", ""},
		{"config key, .env URL", world{toml: "api_key='c'", dotenv: "HOLYSHEEP_BASE_URL=" + evil}, DefaultHolySheepURL,
			"c", ""},
		{"command key, .env URL", world{toml: "api_key_cmd='echo c'", dotenv: "HOLYSHEEP_BASE_URL=" + evil},
			DefaultHolySheepURL, "", ""},
		{"env key, .env names the default", world{
			env:    []string{"HOLYSHEEP_API_KEY=k"},
			dotenv: "HOLYSHEEP_BASE_URL=" + DefaultHolySheepURL,
		}, DefaultHolySheepURL, "k", ""},
		{".env key, default", world{dotenv: "HOLYSHEEP_API_KEY=d"}, DefaultHolySheepURL, "d", ""},
		{".env key, own URL", world{dotenv: "HOLYSHEEP_API_KEY=d\nHOLYSHEEP_BASE_URL=" + evil}, evil, "d", ""},
		{".env key, env URL", world{dotenv: "HOLYSHEEP_API_KEY=d", env: []string{"HOLYSHEEP_BASE_URL=" + own}}, own, "",
			""},
		{".env key, flag URL", world{dotenv: "HOLYSHEEP_API_KEY=d", flags: map[string]string{"base-url": own}}, "", "",
			"URL beside it or to the default"},
		{".env key, config URL", world{dotenv: "HOLYSHEEP_API_KEY=d", toml: "base_url='" + own + "'"}, own, "", ""},
		{".env key, flag names the .env's URL", world{
			dotenv: "OPENAI_API_KEY=d\nOPENAI_BASE_URL=" + own,
			flags:  map[string]string{"base-url": own},
		}, own, "d", ""},
		{"--env-file counts as environment", world{envFile: "HOLYSHEEP_API_KEY=k", toml: "base_url='" + own + "'"}, own,
			"k", ""},
		{"--env-file key, .env URL", world{envFile: "HOLYSHEEP_API_KEY=k", dotenv: "HOLYSHEEP_BASE_URL=" + evil},
			DefaultHolySheepURL, "k", ""},
		{"listed takes the env key of its kind",
			world{
				env: []string{"HOLYSHEEP_API_KEY=k"},
				toml: "[[endpoints]]\nname='a'\nkind='holysheep'\nbase_url='" + own +
					"'",
			}, own, "k", ""},
		{"listed never takes a .env key", world{
			dotenv: "HOLYSHEEP_API_KEY=k",
			toml:   "[[endpoints]]\nname='a'\nkind='holysheep'\nbase_url='" + own + "'",
		}, own, "", ""},
		{"listed of another kind gets nothing",
			world{env: []string{"OPENAI_API_KEY=o"}, toml: "[[endpoints]]\nname='a'\nbase_url='" + own + "'"}, own, "", ""},
		{"api_key_env", world{
			env: []string{"MINE=m"},
			toml: "[[endpoints]]\nname='a'\nbase_url='" + own +
				"'\napi_key_env='MINE'",
		}, own, "m", ""},
		{"api_key_env is not looked up in the .env", world{
			dotenv: "MINE=m",
			toml:   "[[endpoints]]\nname='a'\nbase_url='" + own + "'\napi_key_env='MINE'",
		}, own, "", ""},
		{"a URL from the environment stands alone", world{
			env:  []string{"OPENAI_BASE_URL=" + own},
			toml: "[[endpoints]]\nname='a'\nbase_url='" + evil + "'\napi_key='x'",
		}, own, "", ""},
		{"two sources of one key", world{toml: "api_key='a'\napi_key_env='B'"}, "", "", "only one of"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := tt.w.load(t)
			if tt.refused != "" {
				if err == nil || !strings.Contains(err.Error(), tt.refused) {
					t.Fatalf("error = %v, want %q", err, tt.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			e := c.Relay.Endpoints[0]
			if e.BaseURL != tt.url || e.Key.Reveal() != tt.key || !c.Relay.Configured || c.Relay.Demo {
				t.Errorf("endpoint %+v with key %q, want %s with %q", e, e.Key.Reveal(), tt.url, tt.key)
			}
		})
	}
}

// TestADotEnvIsNamed: where it adds a relay, the URL and the line; where it is not used, why. Once, and no more.
func TestADotEnvIsNamed(t *testing.T) {
	const evil, own = "https://evil.example/v1", "https://own.example/v1"
	both := "HOLYSHEEP_BASE_URL=https://me:pw@evil.example/v1\nHOLYSHEEP_API_KEY=sk-of-the-dotenv\n"
	for name, tt := range map[string]struct {
		w    world
		want []string // parts of the one notice; none: there is no notice
	}{
		"adds a relay": {world{dotenv: "\n" + "OPENAI_BASE_URL=" + evil}, []string{"requests go to " + evil, ".env:2"}},
		"adds a key": {world{dotenv: "HOLYSHEEP_API_KEY=sk-of-the-dotenv"},
			[]string{"requests go to " + DefaultHolySheepURL, ".env:1"}},
		"its URL by a flag": {world{dotenv: both, flags: map[string]string{"demo": "true"}}, nil},
		"only a model":      {world{dotenv: "DEFAULT_MODEL=m", env: []string{"OPENAI_API_KEY=o"}}, nil},
		"beside the environment": {world{dotenv: both, env: []string{"OPENAI_API_KEY=o"}},
			[]string{"not used from the .env in this folder: ",
				"HOLYSHEEP_BASE_URL (https://•@evil.example/v1) and HOLYSHEEP_API_KEY",
				"because environment OPENAI_API_KEY names a relay"}},
		"beside the config": {world{dotenv: both, toml: "base_url='" + own + "'"}, []string{"not used", "config.toml"}},
		"what the environment has too": {world{dotenv: "OPENAI_BASE_URL=" + own,
			env: []string{"OPENAI_BASE_URL=" + own}}, nil},
		"--env-file": {world{envFile: "OPENAI_BASE_URL=" + own}, nil},
	} {
		c, err := tt.w.load(t)
		if err != nil || len(c.Notices) != min(len(tt.want), 1) {
			t.Errorf("%s: %v, notices %q", name, err, c.Notices)
			continue
		}
		for _, part := range tt.want {
			if !strings.Contains(c.Notices[0], part) || strings.Contains(c.Notices[0], "sk-of-the-dotenv") {
				t.Errorf("%s: %q, want %q", name, c.Notices[0], part)
			}
		}
	}
}

func TestRelayFlagPicksOne(t *testing.T) {
	w := world{toml: "[[endpoints]]\nname='a'\nbase_url='https://a/v1'\n[[endpoints]]\nname='b'\nbase_url='https://b/v1'",
		env: []string{"HOLYSHEEP_BASE_URL=https://c/v1"}, flags: map[string]string{"relay": "b"}}
	c, err := w.load(t)
	if err != nil || len(c.Relay.Endpoints) != 1 || c.Relay.Endpoints[0].Name != "b" {
		t.Errorf("%+v %v", c, err)
	}
	w.flags = map[string]string{"demo": "true"}
	if c, err = w.load(t); err != nil || !c.Relay.Demo || !c.Relay.Configured || len(c.Relay.Endpoints) != 0 {
		t.Errorf("%+v %v", c, err)
	}
}

func TestSharedConfigWithKeyIsRefused(t *testing.T) {
	for _, text := range []string{"api_key='sk'",
		"[[endpoints]]\nname='a'\nbase_url='https://a'\nheaders={Authorization='x'}"} {
		in := world{toml: text}.input(t)
		path := filepath.Join(in.Home, ".config", "relaytop", "config.toml")
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(in); err == nil || !strings.Contains(err.Error(), "chmod 600 "+path) {
			t.Errorf("%q: %v", text, err)
		}
	}
	in := world{toml: "fps=20"}.input(t)
	if err := os.Chmod(filepath.Join(in.Home, ".config", "relaytop", "config.toml"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(in); err != nil {
		t.Errorf("a config without a key may be read by all: %v", err)
	}
}

func TestKeysFromFileAndCommand(t *testing.T) {
	w := world{toml: "[[endpoints]]\nname='f'\nbase_url='https://f'\napi_key_file='key'\n" +
		"[[endpoints]]\nname='c'\nbase_url='https://c'\napi_key_cmd='echo from-cmd; echo more'"}
	in := w.input(t)
	key := filepath.Join(in.Home, ".config", "relaytop", "key")
	if err := os.WriteFile(key, []byte("from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.ResolveKeys(context.Background()); err != nil {
		t.Fatal(err)
	}
	if e := c.Relay.Endpoints; e[0].Key.Reveal() != "from-file" || e[1].Key.Reveal() != "from-cmd" {
		t.Errorf("%q %q", e[0].Key.Reveal(), e[1].Key.Reveal())
	}
	if err := os.Chmod(key, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(in); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key file that the group can read: %v", err)
	}
	c.Relay.Endpoints[1].Key, c.Relay.Endpoints[1].KeyCmd = "", "exit 3"
	if err := c.ResolveKeys(context.Background()); err == nil || !strings.Contains(err.Error(), "api_key_cmd of c") {
		t.Errorf("a command that fails: %v", err)
	}
}

func TestNothingPrintsAKey(t *testing.T) {
	c, err := world{
		env:  []string{"HOLYSHEEP_API_KEY=sk-secret"},
		toml: "base_url='https://me:sk-secret@own.example/v1?k=sk-secret'\nheaders={X-Key='sk-secret'}",
	}.load(t)
	if err != nil {
		t.Fatal(err)
	}
	js, err := json.Marshal(c.Relay.Endpoints[0].Headers)
	if err != nil {
		t.Fatal(err)
	}
	shown := printed(c.Show())
	for _, text := range []string{shown, string(js), fmt.Sprintf("%v %#v %s", c.Relay.Endpoints[0].Key,
		c.Relay.Endpoints[0].Key, c.Relay.Endpoints[0].Headers)} {
		if strings.Contains(text, "sk-secret") {
			t.Errorf("the key is in %s", text)
		}
	}
	if !strings.Contains(shown, "••••") || !strings.Contains(shown, "own.example") {
		t.Errorf("show = %s", shown)
	}
	_, err = world{dotenv: "HOLYSHEEP_API_KEY=sk-secret\n'broken sk-secret"}.load(t)
	if err == nil || strings.Contains(err.Error(), "sk-secret") {
		t.Errorf("a .env that can't be read: %v", err)
	}
}

func TestWrite(t *testing.T) {
	in := world{}.input(t)
	path := filepath.Join(in.Home, "new", "config.toml")
	d := Draft{Name: "mine", BaseURL: "https://own.example/v1/", Key: "sk-1", DefaultModel: "m"}
	if _, err := Write(path, d, false); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	in.ConfigPath = path
	c, err := Load(in)
	if err != nil || c.DefaultModel != "m" || c.Relay.Endpoints[0].Key.Reveal() != "sk-1" ||
		c.Relay.Endpoints[0].BaseURL != "https://own.example/v1" {
		t.Fatalf("%+v %v", c, err)
	}
	if _, err := Write(path, d, false); err == nil {
		t.Error("an existing config was written over")
	}
	d.Key = "sk-2"
	kept, err := Write(path, d, true)
	if err != nil {
		t.Fatal(err)
	}
	if old, err := os.ReadFile(kept); err != nil || !strings.Contains(string(old), "sk-1") {
		t.Errorf("the old one was not kept: %v", err)
	}
}

// TestWriteKeepsTheRest: what a draft does not set stays, with its comments if the draft only adds. Lost names what
// the draft replaces.
func TestWriteKeepsTheRest(t *testing.T) {
	const others = "# my own\ntheme = \"nord\"\ndefault_model = \"m\"\nmax_wait = 30\n\n[[endpoints]]\nname = " +
		"\"work\"\nbase_url = \"https://work.example/v1\"\nrpm = 7\n"
	const mine = "[[endpoints]]\nname = \"mine\"\nbase_url = \"https://old.example/v1\"\nrpm = 9\n"
	for name, c := range map[string]struct {
		old, url string
		lost     []string
		comment  bool
		rpm      int
	}{
		"only added": {others, "https://new.example/v1", nil, true, 500},
		"another URL": {others + mine, "https://new.example/v1", []string{"the endpoint mine https://old.example/v1",
			"its comments"}, false, 500},
		"another key": {others + mine, "https://old.example/v1",
			[]string{"the key of the endpoint mine https://old.example/v1", "its comments"}, false, 9},
		"one at its top": {"base_url = \"https://u:p@top.example/v1\"\n" + others, "https://new.example/v1",
			[]string{"the relay at its top https://•@top.example/v1", "its comments"}, false, 500},
	} {
		t.Run(name, func(t *testing.T) {
			in := world{}.input(t)
			in.ConfigPath = filepath.Join(in.Home, "config.toml")
			if err := os.WriteFile(in.ConfigPath, []byte(c.old), 0o600); err != nil {
				t.Fatal(err)
			}
			d := Draft{Name: "mine", BaseURL: c.url, Key: "sk-2"}
			lost, err := Lost(in.ConfigPath, d)
			if err != nil || !slices.Equal(lost, c.lost) {
				t.Errorf("lost: %q, %v", lost, err)
			}
			kept, err := Write(in.ConfigPath, d, true)
			if old, bad := os.ReadFile(kept); err != nil || bad != nil || string(old) != c.old {
				t.Fatalf("%q %v %v", kept, err, bad)
			}
			got, err := Load(in)
			if err != nil || got.Theme != "nord" || got.DefaultModel != "m" || got.MaxWait != 30*time.Second ||
				len(got.Relay.Endpoints) != 2 {
				t.Fatalf("%+v %v", got, err)
			}
			work, e := got.Relay.Endpoints[0], got.Relay.Endpoints[1]
			if work.Name != "work" || work.RPM != 7 || e.Name != "mine" || e.BaseURL != c.url || e.Key.Reveal() != "sk-2" ||
				e.RPM != c.rpm {
				t.Errorf("%+v", got.Relay.Endpoints)
			}
			text, _ := os.ReadFile(in.ConfigPath)
			if strings.Contains(string(text), "# my own") != c.comment {
				t.Errorf("comments: %s", text)
			}
			if again, err := Write(in.ConfigPath, d, true); err != nil || again == kept {
				t.Errorf("the first copy was written over: %q, %v", again, err)
			}
		})
	}
}
