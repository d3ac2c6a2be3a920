package config

import (
	"encoding/json"
	"testing"
)

// TestSource: what a source prints, and whether it is outside the configuration file.
func TestSource(t *testing.T) {
	for _, c := range []struct {
		source  Source
		text    string
		outside bool
	}{
		{Source{}, "none", false},
		{Source{Kind: SourceDefault}, "default", false},
		{Source{Kind: SourceRelay}, "default on the HolySheep relay", false},
		{Source{Kind: SourceDerived}, "derived", false},
		{Source{Kind: SourceConfig, Name: "/c.toml", Line: 3}, "/c.toml:3", false},
		{Source{Kind: SourceCommand, Name: "/c.toml", Line: 3}, "api_key_cmd in /c.toml:3", false},
		{Source{Kind: SourceKeyFile, Name: "/key"}, "/key", true},
		{Source{Kind: SourceEnvFile, Name: "/.env", Line: 1}, "/.env:1", true},
		{Source{Kind: SourceEnv, Name: "A_KEY"}, "environment A_KEY", true},
		{Source{Kind: SourceEnv, Name: "A_KEY", Empty: true}, "environment A_KEY (empty: the default)", true},
		{Source{Kind: SourceFlag, Name: "model"}, "flag --model", true},
	} {
		if got := c.source.String(); got != c.text || c.source.Outside() != c.outside {
			t.Errorf("%+v prints %q, outside %v; want %q, %v", c.source, got, c.source.Outside(), c.text, c.outside)
		}
		if got, err := json.Marshal(c.source); err != nil || string(got) != `"`+c.text+`"` {
			t.Errorf("%+v as JSON is %s, %v", c.source, got, err)
		}
	}
}

// TestKeyEnv: only a key that an environment variable holds names one.
func TestKeyEnv(t *testing.T) {
	for text, w := range map[string]world{
		"HOLYSHEEP_API_KEY": {env: []string{"HOLYSHEEP_API_KEY=k-123456"}},
		"MY_KEY": {
			toml: "base_url = \"https://r.example/v1\"\napi_key_env = \"MY_KEY\"\n",
			env:  []string{"MY_KEY=k-123456"},
		},
		"": {dotenv: "HOLYSHEEP_API_KEY=k-123456\n"},
	} {
		c, err := w.load(t)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Relay.Endpoints[0].KeyEnv(); got != text {
			t.Errorf("the key is from %s, and KeyEnv is %q, not %q", c.Relay.Endpoints[0].KeySource, got, text)
		}
	}
}
