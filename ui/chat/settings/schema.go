package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/disk"
)

const schemaWord = "json_schema"

// schemaPath returns the file of a typed response format: json_schema FILE.
func schemaPath(typed string) (path string, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(typed), schemaWord)
	rest = strings.TrimSpace(rest)
	return strings.Trim(rest, `"'`), ok && !strings.HasPrefix(rest, "{")
}

// schemaMsg is a response format that was read from a file.
type schemaMsg struct {
	panel *panel
	raw   json.RawMessage
	err   error
}

// openSchema reads a schema from a file, in a command.
func (p *panel) openSchema(path string) tea.Cmd {
	return func() tea.Msg {
		raw, err := schemaFile(path)
		return schemaMsg{panel: p, raw: raw, err: err}
	}
}

// maxSchema bounds a file that holds a schema, in bytes.
const maxSchema = 1 << 20

// schemaFile makes a response format of a file. The file holds a response format, its json_schema part, or a schema.
func schemaFile(path string) (json.RawMessage, error) {
	home, _ := os.UserHomeDir() // not known: a ~ stays, and no such file will be there
	path = disk.ExpandHome(path, home)
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("the schema: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New(path + " is not a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the schema: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSchema+1))
	if err != nil {
		return nil, fmt.Errorf("reading the schema: %w", err)
	}
	if len(b) > maxSchema {
		return nil, errors.New(filepath.Base(path) + " is larger than 1 MB")
	}
	return schemaFormat(filepath.Base(path), b)
}

// schemaFormat adds what the file lacks of a response format. A schema without a name gets that of the file.
func schemaFormat(file string, b []byte) (json.RawMessage, error) {
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(b, &whole); err != nil {
		return nil, fmt.Errorf("%s holds no JSON object: %w", file, err)
	}
	var part any = json.RawMessage(b)
	switch {
	case whole[schemaWord] != nil:
		return compact(string(b))
	case whole["schema"] == nil:
		part = map[string]any{"name": schemaName(file), "schema": json.RawMessage(b)}
	case whole["name"] == nil:
		whole["name"] = json.RawMessage(`"` + schemaName(file) + `"`)
		part = whole
	}
	raw, err := json.Marshal(map[string]any{"type": schemaWord, schemaWord: part})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return raw, nil
}

// schemaName turns the name of a file into one that relays accept: letters, digits, _ and -, at most 64.
func schemaName(file string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		}
		return '_'
	}, strings.TrimSuffix(file, filepath.Ext(file)))
	if name == "" {
		return "answer"
	}
	return name[:min(len(name), 64)]
}
