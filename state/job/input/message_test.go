package input

import (
	"reflect"
	"testing"
)

func TestTheMessagesOfARow(t *testing.T) {
	f := Format{Kind: JSONL}
	for line, want := range map[string][]Message{
		`{"prompt":"hello"}`: {{"user", "hello"}},
		`{"custom_id":"a","body":{"messages":[{"role":"system","content":"be brief"},` +
			`{"role":"user","content":[{"type":"text","text":"what is this?"},{"type":"image_url"}]}]}}`: {
			{"system", "be brief"}, {"user", "what is this?\n[image_url]"}},
		`{"custom_id":"e","url":"/v1/embeddings","body":{"model":"m","input":"embed me"}}`: {{"input", "embed me"}},
	} {
		r := f.Parse([]byte(line))
		if r.Bad != "" {
			t.Fatalf("%s: %s", line, r.Bad)
		}
		if got := r.List(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", line, got)
		}
	}
}
