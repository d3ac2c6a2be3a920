package settings

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relaytop/relay"
)

func TestValues(t *testing.T) {
	for _, c := range []struct{ key, typed, want string }{
		{"temperature", " 0.20 ", "0.2"}, {"temperature", "2", "2"}, {"temperature", "1e-7", "1e-7"},
		{"temperature", "2.1", "! a number from 0 to 2"}, {"temperature", "NaN", "! a number from 0 to 2"},
		{"temperature", "warm", "! a number from 0 to 2"},
		{"top_p", "0x1p-2", "! a number from 0 to 1"}, {"presence_penalty", "-2", "-2"},
		{"frequency_penalty", "-2.01", "! from -2 to 2"},
		{"max_tokens", "0", "! from 1 on"}, {"max_tokens", "12.5", "! a whole number"}, {"max_tokens", "800", "800"},
		{"seed", "-9223372036854775808", "-9223372036854775808"}, {"seed", "9223372036854775808", "! a whole number"},
		{"stop", "END", `"END"`}, {"stop", "</s>", `"</s>"`}, {"stop", `["\n\n","END"]`, `["\n\n","END"]`},
		{"stop", `["a","b","c","d","e"]`, "! up to four"}, {"stop", "[]", "! up to four"},
		{"reasoning_effort", "HIGH", `"high"`}, {"reasoning_effort", "much", "! minimal"},
		{"response_format", "json_object", `{"type":"json_object"}`},
		{"response_format", `{"type": "x", "a":1}`, `{"type":"x","a":1}`},
		{"response_format", "xml", "! json_schema and a file"},
		{"top_k", "40", "40"}, {"provider", `{"order": ["a"]}`, `{"order":["a"]}`}, {"provider", `{"order"`, "! not JSON"},
		{"user", "me and you", `"me and you"`},
		{"logprobs", "true", "true"}, {"user", "", "! a number, a text, or JSON"},
	} {
		raw, err := parseValue(c.key, c.typed)
		why, wrong := strings.CutPrefix(c.want, "! ")
		switch {
		case wrong && (err == nil || !strings.Contains(err.Error(), why)):
			t.Errorf("%s = %q: %s, %v; want an error with %q", c.key, c.typed, raw, err, why)
		case !wrong && (err != nil || string(raw) != c.want):
			t.Errorf("%s = %q: %s, %v; want %s", c.key, c.typed, raw, err, c.want)
		}
	}
}

func TestKeysThatCannotBeAdded(t *testing.T) {
	have := relay.Params{"top_k": json.RawMessage("1")}
	for key, want := range map[string]string{"top_k": "already", "model": "program", "stream": "program", "": "name",
		"a b": "word", "ключ": "word", "min_p": ""} {
		if got := checkKey(key, have); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", key, got, want)
		}
	}
}

// FuzzValue checks that an accepted value is valid JSON on one line, and that its shown form is read back as the same.
func FuzzValue(f *testing.F) {
	for _, p := range knownParams() {
		for _, s := range []string{"0.5", "-1", `["a"]`, `"x"`, `{"type":"json_object"}`, "text", "high", "1e400", `"1"`,
			`" "`, "\"\\u0000\""} {
			f.Add(p.key, s)
		}
	}
	f.Add("other", "null")
	f.Fuzz(func(t *testing.T, key, typed string) {
		raw, err := parseValue(key, typed)
		if err != nil {
			return
		}
		if !json.Valid(raw) || strings.ContainsAny(string(raw), "\n\r") {
			t.Fatalf("%s = %q became %q", key, typed, raw)
		}
		shown := showValue(key, raw)
		again, err := parseValue(key, shown)
		if len(raw) <= maxValue && (err != nil || meaning(again) != meaning(raw)) {
			t.Fatalf("%s = %q became %s, is shown as %q, and read as %s, %v", key, typed, raw, shown, again, err)
		}
	})
}

// meaning is a text as it is, whatever its letters are written as; anything else as it is written.
func meaning(raw json.RawMessage) string {
	if s := unquoted(raw); s != "" {
		return "text " + s
	}
	return string(raw)
}

func TestSchemaFiles(t *testing.T) {
	for name, c := range map[string]struct{ holds, want string }{
		"my person.json": {`{"type": "object"}`,
			`{"json_schema":{"name":"my_person","schema":{"type":"object"}},"type":"json_schema"}`},
		"part.json": {`{"name":"p","schema":{},"strict":true}`,
			`{"json_schema":{"name":"p","schema":{},"strict":true},"type":"json_schema"}`},
		"nameless.json": {`{"schema":{}}`, `{"json_schema":{"name":"nameless","schema":{}},"type":"json_schema"}`},
		"whole.json": {`{"type":"json_schema", "json_schema":{"name":"w"}}`,
			`{"type":"json_schema","json_schema":{"name":"w"}}`},
		"list.json":   {`[]`, ""},
		"broken.json": {`{`, ""},
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(c.holds), 0o600); err != nil {
			t.Fatal(err)
		}
		raw, err := schemaFile(path)
		if string(raw) != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %s, %v; want %s", name, raw, err, c.want)
		}
	}
	if _, err := schemaFile(t.TempDir()); err == nil {
		t.Error("a folder was read as a schema")
	}
	if path, ok := schemaPath(" json_schema  '/tmp/a b.json'"); !ok || path != "/tmp/a b.json" {
		t.Errorf("path %q, %v", path, ok)
	}
}
