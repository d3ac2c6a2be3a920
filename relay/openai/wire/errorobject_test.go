package wire

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestReadError(t *testing.T) {
	for body, want := range map[string]ErrorObject{
		`{"error":{"message":"no","code":"429"}}`:               {Status: 429, Code: "429", Codes: " 429", Message: "no"},
		`{"error":"{\"error\":{\"message\":\"in a string\"}}"}`: {Message: "in a string"},
		`[{"error":{"message":"in a list","status":"NOT_FOUND"}}]`: {Code: "NOT_FOUND", Codes: " NOT_FOUND",
			Message: "in a list"},
		`{"object":"error","message":{"detail":"bad"},"code":400}`:  {Status: 400, Code: "400", Message: "bad"},
		`{"error":{"message":"m","type":"a_type","code":"a_code"}}`: {Code: "a_code", Codes: " a_type a_code", Message: "m"},
		`"no\nluck"`: {Message: "no luck"},
		`not JSON`:   {},
	} {
		if got := ReadError([]byte(body)); got != want {
			t.Errorf("%s: %+v, want %+v", body, got, want)
		}
	}
}

// FuzzReadError: whatever a relay sends, code and message are short lines of text.
func FuzzReadError(f *testing.F) {
	f.Add([]byte(`{"error":{"message":"x","metadata":{"provider_name":"p","raw":"{\"error\":\"y\"}"}}}`))
	f.Add([]byte(`[{"error":"{\"error\":{\"code\":\"\u001b\"}}"}]`))
	f.Add([]byte(`{"errors":[{"message":"m","code":7003}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e := ReadError(body)
		for _, s := range []string{e.Code, e.Message} {
			if len(s) > MaxLine+len("…") || !utf8.ValidString(s) ||
				strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Fatalf("%q", s)
			}
		}
		if e.Status != 0 && (e.Status < 300 || e.Status > 599) {
			t.Fatalf("status %d", e.Status)
		}
	})
}
