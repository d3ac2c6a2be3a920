package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/pelletier/go-toml/v2"

	"relaytop/state/disk"
)

// Draft is what `relaytop init` asks for. Empty fields are left out of the file.
type Draft struct {
	Name         string // of the endpoint
	Kind         string // holysheep, or ""
	BaseURL      string
	Key          Secret // in the file itself
	KeyEnv       string // or the variable that holds it
	KeyFile      string // or the file
	KeyCmd       string // or the command that prints it
	DefaultModel string
	Fallback     string
	AllowHTTP    bool // the configuration allows it already
}

// draftFile and draftTop have the order of the written file.
type draftFile struct {
	Endpoints []draftEndpoint `toml:"endpoints"`
}

type draftTop struct {
	DefaultModel string `toml:"default_model,omitempty"`
	Fallback     string `toml:"fallback_model,omitempty"`
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

// header begins a file that we wrote.
const header = "# relaytop: `relaytop config show` prints every value and where it is from.\n"

// encode encodes the settings of a draft, and its endpoint.
func (d Draft) encode() (top, table []byte, err error) {
	settings, err := toml.Marshal(draftTop{DefaultModel: d.DefaultModel, Fallback: d.Fallback})
	if err != nil {
		return nil, nil, fmt.Errorf("writing the config: %w", err)
	}
	table, err = toml.Marshal(draftFile{Endpoints: []draftEndpoint{{
		Name:    d.Name,
		Kind:    d.Kind,
		BaseURL: d.BaseURL,
		Key:     d.Key.Reveal(),
		KeyEnv:  d.KeyEnv,
		KeyFile: d.KeyFile,
		KeyCmd:  d.KeyCmd,
	}}})
	if err != nil {
		return nil, nil, fmt.Errorf("writing the config: %w", err)
	}
	return settings, table, nil
}

// Write writes a draft with a clean base URL to the config.toml at path, atomically, with mode 0600 and its folder
// 0700. With replace, an existing file is merged with the draft, and a backup is kept under the returned name;
// without, the error is fs.ErrExist.
func Write(path string, d Draft, replace bool) (kept string, err error) {
	if d.Key, err = CleanKey(d.Key.Reveal()); err != nil {
		return "", &Error{Key: "api_key", Message: err.Error()}
	}
	top, table, err := d.encode()
	if err != nil {
		return "", err
	}
	text := slices.Concat([]byte(header), top, []byte("\n"), table)
	old, err := readRegular(path, maxConfigFile, false)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", &Error{File: path, Message: "can't be read", Cause: plainCause(err)}
	case !replace:
		return "", &Error{File: path, Message: "is there already", Cause: fs.ErrExist}
	default:
		if text, _, err = merge(old, d); err != nil {
			return "", err
		}
		kept = aside(path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("making the config folder: %w", err)
	}
	if kept != "" {
		if err := put(kept, old); err != nil {
			return "", err
		}
	}
	return kept, put(path, text)
}

// put writes a file of the configuration atomically.
func put(path string, data []byte) error {
	err := disk.Files{}.Replace(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing the config: %w", err)
	}
	return nil
}
