package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"
)

// Draft is what `relaytop init` asks for. Empty fields are left out of the file.
type Draft struct {
	Name         string // of the endpoint
	Kind         string // holysheep, or ""
	BaseURL      string
	Key          Secret // stands in the file itself
	KeyEnv       string // or the variable that holds it
	KeyFile      string // or the file
	KeyCmd       string // or the command that prints it
	DefaultModel string
	Fallback     string
}

// draftFile has the order of the written file.
type draftFile struct {
	DefaultModel string          `toml:"default_model,omitempty"`
	Fallback     string          `toml:"fallback_model,omitempty"`
	Endpoints    []draftEndpoint `toml:"endpoints"`
}

type draftEndpoint struct {
	Name    string `toml:"name"`
	Kind    string `toml:"kind,omitempty"`
	BaseURL string `toml:"base_url"`
	Key     string `toml:"api_key,omitempty"`
	KeyEnv  string `toml:"api_key_env,omitempty"`
	KeyFile string `toml:"api_key_file,omitempty"`
	KeyCmd  string `toml:"api_key_cmd,omitempty"`
}

// Write puts a first config.toml at path: beside and renamed, 0600, its folder 0700. A file that is there already is kept as
// config.toml.bak if replace is true; else the error is fs.ErrExist. kept is the name of the copy, or "".
func Write(path string, d Draft, replace bool) (kept string, err error) {
	if d.BaseURL, err = checkURL(d.BaseURL, false); err != nil {
		return "", &Error{Key: "base_url", Message: err.Error()}
	}
	key, err := cleanKey(d.Key.Reveal())
	if err != nil {
		return "", &Error{Key: "api_key", Message: err.Error()}
	}
	var text bytes.Buffer
	text.WriteString("# relaytop: `relaytop config show` prints every value and where it is from.\n")
	out := draftFile{DefaultModel: d.DefaultModel, Fallback: d.Fallback, Endpoints: []draftEndpoint{{Name: d.Name, Kind: d.Kind,
		BaseURL: d.BaseURL, Key: key.Reveal(), KeyEnv: d.KeyEnv, KeyFile: d.KeyFile, KeyCmd: d.KeyCmd}}}
	if err := toml.NewEncoder(&text).Encode(out); err != nil {
		return "", fmt.Errorf("writing the config: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("making the config folder: %w", err)
	}
	if _, err := os.Lstat(path); err == nil {
		if !replace {
			return "", &Error{File: path, Message: "is there already", Cause: fs.ErrExist}
		}
		kept = path + ".bak"
		if err := os.Rename(path, kept); err != nil {
			return "", fmt.Errorf("keeping the old config: %w", err)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("looking for the config: %w", err)
	}
	return kept, writeBeside(path, text.Bytes())
}

// writeBeside makes the whole file appear at once, or not at all. CreateTemp gives 0600.
func writeBeside(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".config-*.tmp")
	if err != nil {
		return fmt.Errorf("writing the config: %w", err)
	}
	defer os.Remove(f.Name()) // after the rename there is nothing to remove
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing the config: %w", err)
	}
	return nil
}
