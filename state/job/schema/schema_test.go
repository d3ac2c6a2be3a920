package schema

import (
	"encoding/json"
	"strings"
	"testing"
)

const ageSchema = `{"type":"object","properties":{"age":{"type":"integer","minimum":0}},"required":["age"],
	"additionalProperties":false}`

func TestASchemaIsCheckedAsItIsWritten(t *testing.T) {
	wrapped := `{"name":"person","strict":true,"schema":` + ageSchema + `}`
	for _, tt := range []struct{ rule, text, want string }{
		{ageSchema, `{"age":7}`, ""},
		{ageSchema, " {\"age\":7}\n", ""},
		{ageSchema, `{"age":12345678901234567890}`, ""}, // no float in between
		{wrapped, `{"age":7}`, ""},
		{wrapped, `{"age":-1}`, "/age"},
		{ageSchema, `{"age":"7"}`, "/age: got string, want integer"},
		{ageSchema, `{}`, "'age'"},
		{ageSchema, `{"age":7,"b":1}`, "'b'"},
		{ageSchema, "```json\n{\"age\":7}\n```", "not JSON"},
		{ageSchema, `{"age":7} {"age":8}`, "not JSON"},
		{ageSchema, " \n", "no text"},
		{`{"$defs":{"n":{"type":"integer"}},"$ref":"#/$defs/n"}`, `"x"`, "want integer"},
	} {
		s, err := Parse(json.RawMessage(tt.rule))
		if err != nil {
			t.Fatal(err)
		}
		switch err := s.Check(tt.text); {
		case tt.want == "" && err != nil:
			t.Errorf("%s: %v", tt.text, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%s: %v, want %q", tt.text, err, tt.want)
		}
	}
	s, _ := Parse(json.RawMessage(wrapped))
	if got, _ := json.Marshal(s.Format()); !strings.Contains(string(got), `"strict":true`) ||
		!strings.HasSuffix(string(got), `"type":"json_schema"}`) {
		t.Errorf("asks for %s", got)
	}
}
