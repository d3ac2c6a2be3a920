package job

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"relaytop/relay"
	"relaytop/state/job/input"
)

const (
	keyFormat  = "response_format"
	schemaName = "answer"        // of a schema without a name: it is part of the row's key
	schemaURL  = "mem:///schema" // a base for its references
	maxReason  = 300             // runes of why an answer does not fit
)

// schema is what the answers of a run must be: JSON that fits a JSON Schema.
type schema struct {
	format map[string]any // the response_format that asks for it
	rule   *jsonschema.Schema
}

// newSchema reads a JSON Schema, or the object of response_format with "name" and "schema" around one. nil without
// one.
func newSchema(raw json.RawMessage) (*schema, error) {
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
		rule, whole = whole, map[string]any{"name": schemaName, "schema": whole}
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{}) // it refers to nothing outside itself
	if err := c.AddResource(schemaURL, rule); err != nil {
		return nil, input.Unusable("the JSON schema: %w", err)
	}
	compiled, err := c.Compile(schemaURL)
	if err != nil {
		return nil, input.Unusable("the JSON schema is not valid: %s", oneLine(err))
	}
	return &schema{format: map[string]any{"type": "json_schema", "json_schema": whole}, rule: compiled}, nil
}

// check returns why a text is not an answer; nil if it is one.
func (s *schema) check(text string) error {
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
	var first *jsonschema.ValidationError
	if !errors.As(err, &first) {
		return firstRunes(strings.Join(strings.Fields(err.Error()), " "), maxReason)
	}
	for len(first.Causes) > 0 {
		first = first.Causes[0]
	}
	at := "/" + strings.Join(first.InstanceLocation, "/")
	return firstRunes(at+": "+first.ErrorKind.LocalizedString(message.NewPrinter(language.English)), maxReason)
}

// require makes a schema part of every chat row: a row with a response_format of its own keeps it.
func (s *spec) require(want *schema) {
	if want == nil {
		return
	}
	s.schema, s.fixed[keyFormat] = want, want.format
	s.params = s.params.With(keyFormat, want.format)
}

// judge fails an answer that does not fit the schema of its run; the answer stays in the record. It is called as the
// answer is written, and not when it ends: then a long answer would hold the run's lock.
func (s *answer) judge(r *run) {
	if !s.l.judged || s.rec.State != stateOK {
		return
	}
	class := relay.Class("")
	if err := r.in.spec.schema.check(s.res.Text); err != nil {
		class = relay.ClassSchema
		s.rec.State, s.rec.Err = stateFailed, &rowError{Class: class, Message: err.Error()}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if inFlight := r.rows.live[s.l.i] == s.l; inFlight && !r.steer.cancelling { // else a provider's batch answered it
		r.checkEnding(ending(class), nil)
	}
}

// compactJSON is raw without blanks, as it is compared; raw itself if it is not JSON.
func compactJSON(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if len(raw) == 0 || json.Compact(&b, raw) != nil {
		return raw
	}
	return b.Bytes()
}
