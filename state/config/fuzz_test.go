package config

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// FuzzLoad: with any content of the two files, Load returns a config or an *Error, and a key from the environment is
// never paired with a URL from the .env.
func FuzzLoad(f *testing.F) {
	f.Add("default_model='x'\n[[endpoints]]\nname='a'\nbase_url='https://a'\n", "DEFAULT_MODEL=y\n")
	f.Add("[keys]\nsend=['a','b']\n", "export HOLYSHEEP_BASE_URL='https://e.example'\nX=${Y}")
	f.Add("fps = 61", "HOLYSHEEP_API_KEY=\"a\\nb\"")
	f.Add("\xef\xbb\xbfendpoints = [{name='a', base_url='http://[::1]:1'}]", "\xef\xbb\xbfOPENAI_API_KEY: k")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, conf, dotenv string) {
		in := Input{
			Home:       dir,
			Dir:        dir,
			OS:         "linux",
			ConfigPath: filepath.Join(dir, "config.toml"),
			Environ:    []string{"HOLYSHEEP_API_KEY=of-the-environment"},
		}
		for name, text := range map[string]string{"config.toml": conf, ".env": dotenv} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		c, err := Load(in)
		var e *Error
		if err != nil {
			if !errors.As(err, &e) {
				t.Fatalf("not an *Error: %v", err)
			}
			return
		}
		c.Show()
		for _, e := range c.Relay.Endpoints {
			if e.URLSource.Kind == SourceEnvFile && e.BaseURL != DefaultHolySheepURL &&
				e.Key.Reveal() == "of-the-environment" {
				t.Fatalf("the key of the environment goes to %s (%s)", e.BaseURL, e.URLSource)
			}
		}
	})
}
