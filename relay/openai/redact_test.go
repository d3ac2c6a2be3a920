package openai

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"relaytop/relay"
)

// TestAnAnswerKeepsEveryLetter: whatever the key is, what was answered is not touched, streamed or plain.
func TestAnAnswerKeepsEveryLetter(t *testing.T) {
	for _, key := range []string{"ollama", "openai", "sk-no-key-required", "sk-real-0123456789", `sk-"quoted\key/99`} {
		quoted := func(s string) string { b, _ := json.Marshal(s); return string(b) }
		said, thought, args := "Use "+key+" or openai", "the key is "+key, `{"key":`+quoted(key)+`}`
		message := `{"content":` + quoted(said) + `,"reasoning_content":` + quoted(thought) +
			`,"tool_calls":[{"index":0,"id":"t1","function":{"name":"f","arguments":` + quoted(args) + `}}]}`
		doc := `{"id":"c1","model":"m-1","choices":[{"index":0,"message":` + message + `,"finish_reason":"stop"}]}`
		for name, answer := range map[string]string{
			"stream": response(200, streamType, events(delta(message), finish("stop"), "[DONE]")),
			"plain":  response(200, jsonBody, doc),
		} {
			t.Run(name+" "+key, func(t *testing.T) {
				s := serve(t, false, func(int) string { return answer })
				var live strings.Builder
				r := client(t, relay.Endpoint{BaseURL: s.url, Key: relay.Secret(key)}, Options{}).Send(t.Context(), ask(),
					func(e relay.Event) {
						if e.Kind == relay.Text {
							live.WriteString(e.Text)
						}
					})
				if r.Text != said || live.String() != said || r.Reasoning != thought || len(r.Tools) != 1 ||
					r.Tools[0].Arguments != args {
					t.Errorf("text %q, shown %q, reasoning %q, tools %+v", r.Text, live.String(), r.Reasoning, r.Tools)
				}
				if name == "plain" && string(r.Raw) != doc {
					t.Errorf("the document became %s", r.Raw)
				}
			})
		}
	}
}

// TestNamesThatEchoTheKeyAreRedacted: an id and a model are diagnostics, the answer beside them is not.
func TestNamesThatEchoTheKeyAreRedacted(t *testing.T) {
	const key = "sk-real-0123456789"
	doc := `{"id":"c-` + key + `","model":"m-` + key + `","provider":"sk\u002dreal-0123456789","choices":[{"index":0,` +
		`"message":{"content":"` + key + `"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}`
	chunk := strings.Replace(doc, `"message"`, `"delta"`, 1)
	for name, answer := range map[string]string{
		"stream": response(200, streamType, events(chunk, "[DONE]")),
		"plain":  response(200, jsonBody, doc),
		"header": response(200, streamType+"X-Request-Id: r-"+key+"\r\n", events(chunk, "[DONE]")),
	} {
		s := serve(t, false, func(int) string { return answer })
		r := client(t, relay.Endpoint{BaseURL: s.url, Key: key}, Options{}).Send(t.Context(), ask(), nil)
		if r.Text != key || r.Model != "m-••••" || r.Remote != "c-••••" && r.Remote != "r-••••" {
			t.Errorf("%s: text %q, model %q, id %q", name, r.Text, r.Model, r.Remote)
		}
		want := strings.NewReplacer("c-"+key, "c-••••", "m-"+key, "m-••••",
			`"sk\u002dreal-0123456789"`, `"••••"`).Replace(doc)
		if name == "plain" && string(r.Raw) != want {
			t.Errorf("the document is %s\nwant            %s", r.Raw, want)
		}
	}
	s := serve(t, false, func(int) string { return response(200, jsonBody, `{"data":[{"id":"m-`+key+`"},{"id":"m-2"}]}`) })
	list, err := client(t, relay.Endpoint{BaseURL: s.url, Key: key}, Options{}).Models(t.Context())
	if err != nil || len(list) != 2 || list[0].ID != "m-••••" || list[1].ID != "m-2" {
		t.Errorf("models %+v, %v", list, err)
	}
}

// TestAnErrorIsRedactedAsWhatItSays: the strings of the body are redacted, not its JSON, so class, code and message
// are found whatever the key is made of.
func TestAnErrorIsRedactedAsWhatItSays(t *testing.T) {
	escaped := func(key string) string {
		var b strings.Builder
		for _, c := range []byte(key) {
			fmt.Fprintf(&b, `\u%04x`, c)
		}
		return b.String()
	}
	inner := func(key string) string {
		b, _ := json.Marshal(`{"error":{"message":` + jsonOf("Incorrect API key provided: "+key+".") + `}}`)
		return string(b)
	}
	for _, tt := range []struct{ name, key, body, says string }{
		{"quotes in the key", `"sk-real-0123456789"`, `{"error":{"message":` +
			jsonOf(`Incorrect API key provided: "sk-real-0123456789".`) + `,"code":"invalid_api_key"}}`,
			"Incorrect API key provided: ••••."},
		{"a key like the structure", `"message":"No`, `{"error":{"message":"No such key","code":"invalid_api_key"}}`,
			"No such key"},
		{"every letter escaped", "sk-real-0123456789", `{"error":{"message":"Incorrect API key provided: ` +
			escaped("sk-real-0123456789") + `."}}`, "Incorrect API key provided: ••••."},
		{"slashes escaped", "sk/real/0123456789", `{"error":{"message":"Incorrect API key provided: ` +
			`sk\/real\/0123456789."}}`, "Incorrect API key provided: ••••."},
		{"wrapped in a string", `sk-"real\0123456789`, `{"error":` + inner(`sk-"real\0123456789`) + `}`,
			"Incorrect API key provided: ••••."},
		{"text", "sk-real-0123456789", "Incorrect API key provided: sk-real-0123456789.",
			"Incorrect API key provided: ••••."},
		{"text like JSON", "sk-real-0123456789", "[auth] Incorrect API key provided: sk-real-0123456789.",
			"[auth] Incorrect API key provided: ••••."},
		{"across the longest line", "sk-real-0123456789", `{"error":{"message":"Incorrect API key provided: ` +
			strings.Repeat("x", 460) + `sk-real-0123456789."}}`, strings.Repeat("x", 460)},
		{"a key of a word", "ollama", `{"error":{"message":"Incorrect API key provided: start ollama first"}}`,
			"start ollama first"},
		{"a stand-in for a key", "sk-no-key-required", `{"error":{"message":"Incorrect API key provided: ` +
			`sk-no-key-required"}}`, "sk-no-key-required"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, false, func(int) string { return response(401, jsonBody, tt.body) })
			r := client(t, relay.Endpoint{BaseURL: s.url, Key: relay.Secret(tt.key)}, Options{}).Send(t.Context(), ask(), nil)
			if r.Err == nil || r.Err.Class != relay.ClassAuth || !strings.Contains(r.Err.Message, tt.says) ||
				strings.Contains(r.Err.Message, "real") {
				t.Errorf("got %v", r.Err)
			}
		})
	}
}

const jsonBody = "Content-Type: application/json\r\n"

func jsonOf(s string) string { b, _ := json.Marshal(s); return string(b) }

// TestHeadersThatCarryASecretAreMasked, however short it is, in both directions; other headers show what they say.
func TestHeadersThatCarryASecretAreMasked(t *testing.T) {
	s := serve(t, false, func(int) string {
		return response(200, streamType+"Set-Cookie: a=b\r\nApi-Key: k1\r\nX-Api-Key: k2\r\nAuthorization: Bearer k3\r\n"+
			"X-Served-By: ollama\r\n", events(content("Hi"), finish("stop"), "[DONE]"))
	})
	x := exchangesOf(t, client(t, relay.Endpoint{BaseURL: s.url, Key: "ollama", Headers: map[string]string{"Cookie": "c=d",
		"X-Api-Key": "k4"}}, Options{}), ask())[0]
	for name, list := range map[string][]relay.Field{"sent": x.Sent, "received": x.Received} {
		for _, f := range list {
			if carriesSecret(f.Name) && strings.TrimPrefix(f.Value, "Bearer ") != relay.Mask {
				t.Errorf("%s: %s: %s", name, f.Name, f.Value)
			}
		}
	}
	if valueOf(x.Received, "X-Served-By") != "ollama" || valueOf(x.Sent, "Cookie") != relay.Mask {
		t.Errorf("sent %v, received %v", x.Sent, x.Received)
	}
}

func TestLooksSecret(t *testing.T) {
	for value, want := range map[string]bool{
		"": false, "ollama": false, "sk-test": false, "12345678901": false, "lm-studio": false, "not-needed": false,
		"your-api-key-here": false, "application/json": false, "https://app.example/": false, "Authorization": false,
		"123456789012": true, "sk-test-1234": true, "hunter2hunter2": true, "sk-proj-AbCdEfGh": true,
	} {
		if looksSecret(value) != want {
			t.Errorf("%q: %v", value, !want)
		}
	}
}

// FuzzRedaction: of a JSON document no string holds the key afterwards, and one without the key stays as it was.
func FuzzRedaction(f *testing.F) {
	f.Add("sk-real-0123456789", `{"a":"sk-real-0123456789","b":["{\"c\":\"sk-real-0123456789\"}"]}`)
	f.Add(`sk-"real\0123456789`, `{"a":"sk-\"real\\0123456789"}`)
	f.Add("123456789012", `[123456789012,"1234567890\u00312"]`)
	f.Add("abcdefghijkl", "data: {\"a\":\"abcdefghijkl\"}\n\n[\"abcdefghijkl")
	f.Fuzz(func(t *testing.T, key, body string) {
		if strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) || !looksSecret(key) {
			return
		}
		r := newRedactor(relay.Endpoint{Key: relay.Secret(key)})
		clean := r.body([]byte(body))
		var after any
		if !json.Valid([]byte(body)) {
			if r.holds(clean) && !json.Valid(clean) {
				t.Fatalf("%q is left in %q", key, clean)
			}
			return
		}
		number := strings.Trim(key, "0123456789") == ""
		switch err := json.Unmarshal(clean, &after); {
		case err != nil && !number:
			t.Fatalf("%q of key %q is not JSON any more: %q", body, key, clean)
		case err == nil && holdsKey(after, key):
			t.Fatalf("%q is left in %v", key, after)
		case !r.holds([]byte(body)) && !strings.Contains(body, `\`) && string(clean) != body:
			t.Fatalf("%q became %q without the key %q", body, clean, key)
		}
	})
}

// holdsKey reports whether a string of a JSON value holds the key.
func holdsKey(v any, key string) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, key)
	case []any:
		for _, e := range v {
			if holdsKey(e, key) {
				return true
			}
		}
	case map[string]any:
		for k, e := range v {
			if strings.Contains(k, key) || holdsKey(e, key) {
				return true
			}
		}
	}
	return false
}
