// Package schema checks answers against a JSON Schema, and asks for answers that fit one. It knows no run.
package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"relaytop/state/job/input"
)

const (
	unnamed   = "answer"        // the name of a schema without one: it is part of the key of a row
	baseURL   = "mem:///schema" // of its references
	maxReason = 300             // runes of why an answer does not fit
)

// Schema is a JSON Schema that answers have to fit.
type Schema struct {
	format map[string]any // the response_format that asks for it
	rule   *jsonschema.Schema
}

// Parse reads a JSON Schema, or the json_schema object of a response_format, which has a "name" and a "schema". An
// empty raw is no schema: nil.
func Parse(raw json.RawMessage) (*Schema, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	doc, err := input.Decode(raw)
	if err != nil {
		return nil, input.Unusable("the JSON schema is not JSON: %w", err)
	}
	whole, ok := doc.(map[string]any)
	if !ok {
		return nil, input.Unusable("the JSON schema is not an object")
	}
	rule, named := whole["schema"].(map[string]any)
	if _, ok := whole["name"].(string); !named || !ok {
		rule, whole = whole, map[string]any{"name": unnamed, "schema": whole}
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{}) // it refers to nothing outside itself
	if err := c.AddResource(baseURL, rule); err != nil {
		return nil, input.Unusable("the JSON schema: %w", err)
	}
	compiled, err := c.Compile(baseURL)
	if err != nil {
		return nil, input.Unusable("the JSON schema is not valid: %s", oneLine(err))
	}
	return &Schema{format: map[string]any{"type": "json_schema", "json_schema": whole}, rule: compiled}, nil
}

// Format is the response_format that asks for such answers. It must not be modified.
func (s *Schema) Format() map[string]any { return s.format }

// Check returns why an answer does not fit; nil if it does.
func (s *Schema) Check(text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("the answer has no text")
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return fmt.Errorf("the answer is not JSON: %w", err)
	}
	if err := s.rule.Validate(v); err != nil {
		return errors.New("the answer does not fit the schema: " + oneLine(err))
	}
	return nil
}

// oneLine is the first of the reasons in an error of the validator.
func oneLine(err error) string {
	var cause *jsonschema.ValidationError
	if !errors.As(err, &cause) {
		return firstRunes(strings.Join(strings.Fields(err.Error()), " "), maxReason)
	}
	for len(cause.Causes) > 0 {
		cause = cause.Causes[0]
	}
	at := "/" + strings.Join(cause.InstanceLocation, "/")
	return firstRunes(at+": "+cause.ErrorKind.LocalizedString(message.NewPrinter(language.English)), maxReason)
}

// Compact is raw without blanks, so that two can be compared; raw itself if it is not JSON.
func Compact(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if len(raw) == 0 || json.Compact(&b, raw) != nil {
		return raw
	}
	return b.Bytes()
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}
