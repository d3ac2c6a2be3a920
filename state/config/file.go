package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// maxConfigFile is the largest config.toml, in bytes.
const maxConfigFile = 1 << 20

// keySource is where a relay's key is. At most one is given.
type keySource struct {
	APIKey     string `toml:"api_key"`
	APIKeyEnv  string `toml:"api_key_env"`
	APIKeyFile string `toml:"api_key_file"`
	APIKeyCmd  string `toml:"api_key_cmd"`
}

func (k keySource) given() bool { return k != keySource{} }

// file is the content of config.toml besides the settings of the table.
type file struct {
	keySource
	BaseURL   string            `toml:"base_url"`
	Kind      string            `toml:"kind"`
	Headers   map[string]string `toml:"headers"`
	CAFile    string            `toml:"ca_file"`
	Keys      map[string]any    `toml:"keys"`
	Endpoints []fileEndpoint    `toml:"endpoints"`
}

// fileEndpoint is one [[endpoints]].
type fileEndpoint struct {
	keySource
	Name        string            `toml:"name"`
	Kind        string            `toml:"kind"`
	BaseURL     string            `toml:"base_url"`
	Weight      *int              `toml:"weight"`
	Models      []string          `toml:"models"`
	Headers     map[string]string `toml:"headers"`
	RPM         *int              `toml:"rpm"`
	TPM         *int              `toml:"tpm"`
	Concurrency *int              `toml:"concurrency"`
	Timeout     *float64          `toml:"timeout_seconds"`
	AllowHTTP   *bool             `toml:"allow_http"`
	NoRequestID bool              `toml:"no_request_id"`
	CAFile      string            `toml:"ca_file"`
}

// readFile reads config.toml. It may be missing unless --config names it.
func (l *loader) readFile() error {
	path := l.cfg.Paths.ConfigFile
	data, err := readRegular(path, maxConfigFile, false)
	if errors.Is(err, fs.ErrNotExist) && l.in.ConfigPath == "" {
		return nil
	}
	if err != nil {
		return &Error{File: path, Message: "can't be read", Cause: plainCause(err)}
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return &Error{File: path, Message: "can't be read", Cause: errUTF16}
	}
	data = trimMarks(data)
	l.cfg.Read = append(l.cfg.Read, path)
	var all map[string]any
	if err := toml.Unmarshal(data, &all); err != nil {
		return tomlError(path, data, err)
	}
	l.lines = keyLines(data)
	if err := l.refuseUnknown(path, all); err != nil {
		return err
	}
	if err := l.checkShape(path, "", all, reflect.TypeFor[file]()); err != nil {
		return err
	}
	if err := toml.Unmarshal(data, &l.file); err != nil {
		return tomlError(path, data, err)
	}
	if l.file.holdsKey() {
		if err := refuseShared(path, l.in.OS); err != nil {
			return &Error{File: path, Message: err.Error()}
		}
	}
	for _, s := range settings() {
		if err := l.setFromFile(path, s, all); err != nil {
			return err
		}
	}
	return l.readKeys(path)
}

// trimMarks removes byte order marks: a file that was saved more than once may have several.
func trimMarks(data []byte) []byte { return bytes.TrimLeft(data, bom) }

func (l *loader) setFromFile(path string, s setting, all map[string]any) error {
	v, ok := all[s.name]
	if !ok {
		return nil
	}
	line := l.lines[s.name]
	text, err := scalar(v)
	if _, list := v.([]any); list && !s.list {
		err = errors.New("is a list")
	}
	if err != nil {
		return &Error{File: path, Line: line, Key: s.name, Message: err.Error() + "; write one value, such as " + s.example()}
	}
	return l.set(s, value{
		text: text,
		from: fromFile,
		at:   Source{Kind: SourceConfig, Name: path, Line: line},
		file: path,
		line: line,
	})
}

// scalar is the text of a TOML value as a variable would hold it.
func scalar(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case bool:
		return strconv.FormatBool(v), nil
	case []any:
		items := make([]string, len(v))
		for i := range v {
			text, ok := v[i].(string)
			if !ok {
				return "", errors.New("is a list of " + kindOf(v[i]))
			}
			items[i] = text
		}
		return strings.Join(items, ","), nil
	}
	return "", errors.New("is " + kindOf(v))
}

// readKeys takes [keys]: action = "ctrl+k", or a list of keys, or "" for no key.
func (l *loader) readKeys(path string) error {
	l.cfg.Keys = map[string][]string{}
	for _, action := range slices.Sorted(maps.Keys(l.file.Keys)) {
		text, err := scalar(l.file.Keys[action])
		if err == nil {
			text, err = oneLine(text)
		}
		if err != nil {
			return &Error{
				File:    path,
				Line:    l.lines["keys."+action],
				Key:     "keys." + action,
				Message: "must be a key like \"ctrl+k\", or a list of keys",
			}
		}
		keys := []string{}
		if list, ok := l.file.Keys[action].([]any); ok {
			for _, k := range list {
				keys = append(keys, k.(string))
			}
		} else if text != "" {
			keys = append(keys, text)
		}
		l.cfg.Keys[action] = keys
	}
	return nil
}

// holdsKey reports whether the file itself contains a secret.
func (f *file) holdsKey() bool {
	if f.APIKey != "" || secretHeader(f.Headers) {
		return true
	}
	return slices.ContainsFunc(f.Endpoints, func(e fileEndpoint) bool { return e.APIKey != "" || secretHeader(e.Headers) })
}

func secretHeader(headers map[string]string) bool {
	for name := range headers {
		name = strings.ToLower(name)
		for _, word := range []string{"auth", "key", "token", "secret", "cookie", "password"} {
			if strings.Contains(name, word) {
				return true
			}
		}
	}
	return false
}

// refuseUnknown fails if the file has an unknown key.
func (l *loader) refuseUnknown(path string, all map[string]any) error {
	top := tagsOf(reflect.TypeFor[file]())
	for _, s := range settings() {
		top = append(top, s.name)
	}
	if err := l.unknownIn(path, "", all, top); err != nil {
		return err
	}
	list, _ := all["endpoints"].([]any) // the decoder reports a wrong type
	known := tagsOf(reflect.TypeFor[fileEndpoint]())
	for i := range list {
		if e, ok := list[i].(map[string]any); ok {
			if err := l.unknownIn(path, fmt.Sprintf("endpoints.%d.", i), e, known); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *loader) unknownIn(path, prefix string, keys map[string]any, known []string) error {
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if !slices.Contains(known, key) {
			slices.Sort(known)
			return &Error{
				File:    path,
				Line:    l.lines[prefix+key],
				Key:     key,
				Message: "unknown key; known are " + strings.Join(known, ", "),
			}
		}
	}
	return nil
}

func tagsOf(t reflect.Type) (tags []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			tags = append(tags, tagsOf(f.Type)...)
		} else {
			tags = append(tags, f.Tag.Get("toml"))
		}
	}
	return tags
}

// tomlError makes an *Error of one of the parser's, whose messages are about characters: the key of the line is
// added, and what a word without quotes should have been.
func tomlError(path string, data []byte, err error) error {
	var de *toml.DecodeError
	if !errors.As(err, &de) {
		return &Error{File: path, Message: strings.TrimPrefix(err.Error(), "toml: ")}
	}
	row, _ := de.Position()
	e := &Error{File: path, Line: row, Key: strings.Join(de.Key(), "."),
		Message: strings.TrimPrefix(de.Error(), "toml: ")}
	lines := strings.Split(string(data), "\n")
	if row < 1 || row > len(lines) {
		return e
	}
	key, word, ok := strings.Cut(lines[row-1], "=")
	if key = strings.TrimSpace(key); !ok || !isBare(key) {
		return e
	}
	if e.Key == "" {
		e.Key = key
	}
	word, _, _ = strings.Cut(word, "#")
	if word = strings.TrimSpace(word); strings.ContainsAny(word, curlyQuotes) {
		e.Message = "quotes are straight, not curly: write " + quotedLine(key, strings.Trim(word, curlyQuotes+`"`))
		return e
	}
	if isBare(word) && strings.ContainsAny(word[:1], letters) {
		e.Message = "text stands in quotes: write " + quotedLine(key, word)
	}
	return e
}

// curlyQuotes are what word processors make of quotes.
const curlyQuotes = "“”„‘’‚«»"

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// isBare reports whether a text can stand without quotes as a key.
func isBare(s string) bool { return s != "" && strings.Trim(s, letters+"0123456789_-.") == "" }

// quotedLine is how a key with a word for its value is written. A key for a relay is not repeated.
func quotedLine(key, word string) string {
	switch lower := strings.ToLower(word); {
	case strings.HasPrefix(key, "api_key"):
		return exampleOf(key)
	case lower == "true" || lower == "false":
		return key + " = " + lower
	}
	return key + " = " + strconv.Quote(word)
}

// keyLines finds the line of every key, so that errors about values can name it. Tables of an array are counted
// from 0: endpoints.1.weight.
func keyLines(data []byte) map[string]int {
	lines := map[string]int{}
	counts := map[string]int{}
	table := ""
	var p unstable.Parser
	p.Reset(data)
	for p.NextExpression() {
		e := p.Expression()
		key, line := dotted(&p, e)
		switch e.Kind {
		case unstable.Table:
			if list, rest, ok := strings.Cut(key, "."); ok && counts[list] > 0 { // of the last entry of the array
				key = fmt.Sprintf("%s.%d.%s", list, counts[list]-1, rest)
			}
			table = key + "."
			lines[key] = line
		case unstable.ArrayTable:
			table = fmt.Sprintf("%s.%d.", key, counts[key])
			counts[key]++
			lines[strings.TrimSuffix(table, ".")] = line
		case unstable.KeyValue:
			lines[table+key] = line
		}
	}
	return lines
}

func dotted(p *unstable.Parser, e *unstable.Node) (string, int) {
	var parts []string
	line := 0
	for it := e.Key(); it.Next(); {
		n := it.Node()
		parts = append(parts, string(n.Data))
		if line == 0 {
			line = p.Shape(n.Raw).Start.Line
		}
	}
	return strings.Join(parts, "."), line
}
