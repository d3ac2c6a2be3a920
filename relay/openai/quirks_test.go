package openai

import (
	"encoding/json"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
)

// drawer is a relay.Store in memory that other clients can open later.
type drawer struct {
	mu   sync.Mutex
	kept map[string]struct {
		value []byte
		saved time.Time
	}
}

func (d *drawer) Load(kind, key string) ([]byte, time.Time, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v, ok := d.kept[kind+"/"+key]
	return v.value, v.saved, ok
}

func (d *drawer) Save(kind, key string, value []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept == nil {
		d.kept = map[string]struct {
			value []byte
			saved time.Time
		}{}
	}
	d.kept[kind+"/"+key] = struct {
		value []byte
		saved time.Time
	}{value, time.Now()}
	return nil
}

// TestQuirksLastOnDisk: another start of the program sends the first request right, and another relay, or another model, is asked as usual.
func TestQuirksLastOnDisk(t *testing.T) {
	store := &drawer{}
	wary := func(n int) string {
		if n == 0 {
			return response(422, "", `{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}`)
		}
		return response(200, streamType, events(content("Hi"), finish("stop"), "[DONE]"))
	}
	s := serve(t, false, wary)
	send := func(e relay.Endpoint, model string) (body string) {
		t.Helper()
		call := ask()
		call.Model = model
		if r := client(t, e, Options{Store: store}).Send(t.Context(), call, nil); r.Status != relay.StatusOK {
			t.Fatalf("%s %v", r.Status, r.Err)
		}
		all := s.seen()
		return all[len(all)-1].body
	}
	streams := func(body string) bool {
		var b struct {
			Options json.RawMessage `json:"stream_options"`
		}
		if err := json.Unmarshal([]byte(body), &b); err != nil {
			t.Fatal(err)
		}
		return b.Options != nil
	}
	here := relay.Endpoint{Name: "a", BaseURL: s.url}
	if send(here, "m"); len(s.seen()) != 2 {
		t.Fatalf("%d requests to learn it", len(s.seen()))
	}
	if body := send(here, "m"); len(s.seen()) != 3 || streams(body) {
		t.Errorf("a new start sent %s", body)
	}
	if !streams(send(here, "other")) {
		t.Error("another model goes without")
	}
	if !streams(send(relay.Endpoint{Name: "a", BaseURL: s.url + "/elsewhere"}, "m")) {
		t.Error("another place of that name goes without")
	}
}

func TestQuirksExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &drawer{}
		open := func() *learned { return &learned{store: store, endpoint: "a", models: map[string]remembered{}} }
		l := open()
		if err := l.save("m", quirks{NoTemperature: true}); err != nil {
			t.Fatal(err)
		}
		<-time.After(quirksLast)
		if !l.of("m").NoTemperature || !open().of("m").NoTemperature {
			t.Error("forgotten too early")
		}
		<-time.After(time.Second)
		if l.of("m").NoTemperature || open().of("m").NoTemperature {
			t.Error("believed for ever")
		}
	})
}

// TestQuirksOfAClockThatWasAhead: what was learned in a year to come is not believed until then.
func TestQuirksOfAClockThatWasAhead(t *testing.T) {
	l := &learned{models: map[string]remembered{"m": {quirks{NoTemperature: true}, time.Now().Add(365 * 24 * time.Hour)}}}
	if l.of("m").NoTemperature {
		t.Error("believed")
	}
}

// TestQuirksOfADamagedStore: what can't be read was never learned.
func TestQuirksOfADamagedStore(t *testing.T) {
	store := &drawer{}
	_ = store.Save(quirksKind, "a m", []byte("{\"no_temp"))
	l := &learned{store: store, endpoint: "a", models: map[string]remembered{}}
	if l.of("m") != (quirks{}) {
		t.Errorf("%+v", l.of("m"))
	}
}

// TestRefusalsInTheWild: which words make relaytop send the request again without a parameter.
func TestRefusalsInTheWild(t *testing.T) {
	sent := []byte(`{"model":"m","temperature":0.7,"max_tokens":4096,"stream":true,"stream_options":{"include_usage":true}}`)
	options, limit, heat, none := quirks{NoStreamOptions: true}, quirks{MaxCompletion: true}, quirks{NoTemperature: true}, quirks{}
	for said, want := range map[string]quirks{
		`{"status":422,"code":"parameter_not_supported","detail":{"loc":["body","stream_options"]},"message":"One of the parameters contain invalid values."}`:              options,
		`{"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid request parameters: 'stream_options' "}`:                                                                options,
		`{"error":{"message":"Invalid value for 'stream_options'"}}`:                                                                                                        options,
		`{"error":{"message":"The 'stream_options' parameter is only allowed when 'stream' is enabled."}}`:                                                                  options,
		`{"error":{"message":"invalid temperature: only 1 is allowed for this model"}}`:                                                                                     heat,
		`{"error":{"message":"Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported."}}`:                           heat,
		`{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."}}`:                                limit,
		`{"error":{"message":"max_tokens: please set max_completion_tokens for this model"}}`:                                                                               limit,
		`{"message":"'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context length is 2048 tokens and your request has 9 input tokens."}`: none,
		`{"error":{"message":"max_tokens must be at most 2048"}}`:                                                                                                           none,
		`{"error":{"message":"temperature 3 is not allowed: it must be between 0 and 2"}}`:                                                                                  none,
		`{"error":{"message":"Invalid 'temperature': decimal above maximum value. Expected <= 2."}}`:                                                                        none,
		`{"error":{"message":"model m is not supported"}}`:                                                                                                                  none,
	} {
		for _, status := range []int{400, 422} {
			got, reason, ok := none.learn(status, []byte(said), sent)
			if got != want || ok != (want != none) || ok != (reason != "") {
				t.Errorf("%s: %+v %q", said, got, reason)
			}
		}
		if _, _, ok := none.learn(500, []byte(said), sent); ok {
			t.Errorf("learned from a 500: %s", said)
		}
	}
}

// TestQuirksAreProvedByAnAnswer: a relay that is down, or does not know the key, has not shown that it was the parameter.
func TestQuirksAreProvedByAnAnswer(t *testing.T) {
	for _, code := range []int{200, 401, 429, 500} {
		s := serve(t, false, func(n int) string {
			if n == 0 {
				return response(400, "", `{"error":{"message":"property 'stream_options' is unsupported"}}`)
			}
			return response(code, streamType, events(content("Hi"), finish("stop"), "[DONE]"))
		})
		c := client(t, relay.Endpoint{BaseURL: s.url}, Options{})
		told := false
		c.Send(t.Context(), ask(), func(e relay.Event) { told = told || e.Kind == relay.Quirk })
		if got := c.learned.of("m").NoStreamOptions; got != (code == 200) || told != got || len(s.seen()) != 2 {
			t.Errorf("%d: remembered %v, told %v, after %d requests", code, got, told, len(s.seen()))
		}
	}
}
