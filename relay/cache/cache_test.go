package cache

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
)

// memoryStore is a Store in memory.
type memoryStore struct {
	kept   map[string]item
	trims  int
	broken error
}

type item struct {
	value []byte
	saved time.Time
}

func newMemoryStore() *memoryStore { return &memoryStore{kept: map[string]item{}} }

func (d *memoryStore) Load(kind, key string) ([]byte, time.Time, bool) {
	v, ok := d.kept[kind+"/"+key]
	return v.value, v.saved, ok
}

func (d *memoryStore) Save(kind, key string, value []byte) error {
	d.kept[kind+"/"+key] = item{value, time.Now()}
	return d.broken
}

func (d *memoryStore) Trim(string, time.Time, int64) error {
	d.trims++
	return nil
}

var (
	endpoint = relay.Endpoint{
		Name:    "e",
		BaseURL: "https://e/v1",
		Key:     "sk-secret",
		Headers: map[string]string{"X-Org": "1"},
	}
	whole = relay.Reply{
		Status:    relay.StatusOK,
		Finish:    "stop",
		Model:     "m-1",
		Text:      "hi \u2028 <b>",
		Reasoning: "hm",
		Tools:     []relay.ToolCall{{ID: "1", Name: "f", Arguments: "{"}},
		Usage:     &relay.Usage{Input: 3, Output: 4, Total: 7},
		Remote:    "r-1",
	}
)

func ask(change func(*relay.Request)) *relay.Request {
	r := &relay.Request{ID: 1, Model: "m", Cache: true, Messages: []relay.Message{{Role: "user", Text: "hello"}},
		Params: relay.Params{"temperature": json.RawMessage("0"), "max_tokens": json.RawMessage("5")}}
	if change != nil {
		change(r)
	}
	return r
}

func TestGet(t *testing.T) {
	store := newMemoryStore()
	c := New(store, Options{})
	if _, ok := c.Get(endpoint, "m", ask(nil)); ok {
		t.Fatal("found before it was put")
	}
	if err := c.Put(endpoint, "m", ask(nil), &whole); err != nil {
		t.Fatal(err)
	}
	got, ok := c.Get(endpoint, "m", ask(func(r *relay.Request) { r.ID = 2 }))
	want := whole
	want.Visible = true
	if !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v %v", got, ok)
	}
	for key, v := range store.kept {
		if strings.Contains(key+string(v.value), "secret") {
			t.Errorf("a key is kept: %s %s", key, v.value)
		}
	}
	for name, change := range map[string]func(*relay.Endpoint, *string, *relay.Request){
		"name":        func(e *relay.Endpoint, _ *string, _ *relay.Request) { e.Name = "f" },
		"address":     func(e *relay.Endpoint, _ *string, _ *relay.Request) { e.BaseURL = "https://f/v1" },
		"key":         func(e *relay.Endpoint, _ *string, _ *relay.Request) { e.Key = "sk-other" },
		"header":      func(e *relay.Endpoint, _ *string, _ *relay.Request) { e.Headers = map[string]string{"X-Org": "2"} },
		"model":       func(_ *relay.Endpoint, m *string, _ *relay.Request) { *m = "n" },
		"text":        func(_ *relay.Endpoint, _ *string, r *relay.Request) { r.Messages[0].Text = "hello " },
		"role":        func(_ *relay.Endpoint, _ *string, r *relay.Request) { r.Messages[0].Role = "system" },
		"parameter":   func(_ *relay.Endpoint, _ *string, r *relay.Request) { r.Params["max_tokens"] = json.RawMessage("6") },
		"path":        func(_ *relay.Endpoint, _ *string, r *relay.Request) { r.Path = "/embeddings" },
		"form":        func(_ *relay.Endpoint, _ *string, r *relay.Request) { r.Plain = true },
		"measurement": func(_ *relay.Endpoint, _ *string, r *relay.Request) { r.Once = true },
		"not asked":   func(_ *relay.Endpoint, _ *string, r *relay.Request) { r.Cache = false },
	} {
		e, m, r := endpoint, "m", ask(nil)
		change(&e, &m, r)
		if _, ok := c.Get(e, m, r); ok {
			t.Errorf("found though the %s differs", name)
		}
	}
}

func TestBodies(t *testing.T) {
	body := func(s string) *relay.Request { return &relay.Request{Cache: true, Body: json.RawMessage(s)} }
	c := New(newMemoryStore(), Options{})
	sent := body(`{"model":"x","messages":[{"role":"user","content":"a"}],"temperature":0,"stream":true}`)
	if err := c.Put(endpoint, "m", sent, &whole); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"{\n\"temperature\": 0, \"messages\": [{\"content\":\"\\u0061\", \"role\":\"user\"}]}": true,
		`{"messages":[{"role":"user","content":"a"}],"temperature":0,"stream":false}`:          true,
		`{"messages":[{"role":"user","content":"b"}],"temperature":0}`:                         false,
		`{"messages":[{"role":"user","content":"a"}],"temperature":0,"seed":1}`:                false,
		`{"messages":[{"role":"user","content":"a"}],"temperature":0} {}`:                      false,
		`[1]`: false, `{`: false, `null`: false,
	} {
		if _, ok := c.Get(endpoint, "m", body(text)); ok != want {
			t.Errorf("%s: %v", text, ok)
		}
	}
}

func TestOnlyRepeatableRequests(t *testing.T) {
	for params, want := range map[string]bool{
		`{"temperature":0}`: true, `{"temperature":0.0}`: true, `{"temperature":-0e5}`: true,
		`{"temperature":0.7,"seed":7}`: true,
		`{"temperature":0.7}`:          false, `{}`: false, `{"seed":null}`: false, `{"temperature":"0"}`: false,
		`{"temperature":1e-99}`: false, `{"temperature":1e999999999}`: false,
	} {
		var p relay.Params
		if err := json.Unmarshal([]byte(params), &p); err != nil {
			t.Fatal(err)
		}
		for any, want := range map[bool]bool{false: want, true: true} {
			c, r := New(newMemoryStore(), Options{Any: any}), ask(func(r *relay.Request) { r.Params = p })
			if err := c.Put(endpoint, "m", r, &whole); err != nil {
				t.Fatal(err)
			}
			if _, ok := c.Get(endpoint, "m", r); ok != want {
				t.Errorf("%s, any %v: %v", params, any, ok)
			}
		}
	}
}

func TestOnlyCompleteAnswers(t *testing.T) {
	for _, status := range []relay.Status{relay.StatusLength, relay.StatusFiltered, relay.StatusTruncated,
		relay.StatusEmpty, relay.StatusFailed, relay.StatusCancelled, ""} {
		c, reply := New(newMemoryStore(), Options{}), whole
		reply.Status = status
		if err := c.Put(endpoint, "m", ask(nil), &reply); err != nil {
			t.Fatal(err)
		}
		if _, ok := c.Get(endpoint, "m", ask(nil)); ok {
			t.Errorf("an answer that is %s was kept", status)
		}
	}
}

func TestAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(newMemoryStore(), Options{MaxAge: time.Hour})
		if err := c.Put(endpoint, "m", ask(nil), &whole); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Hour)
		if _, ok := c.Get(endpoint, "m", ask(nil)); !ok {
			t.Error("gone before its time")
		}
		<-time.After(time.Second)
		if _, ok := c.Get(endpoint, "m", ask(nil)); ok {
			t.Error("there after its time")
		}
	})
}

func TestTheOldestAnswersAreRemoved(t *testing.T) {
	store := newMemoryStore()
	c := New(store, Options{MaxBytes: 160 << 10})
	put := func(n, size int) {
		t.Helper()
		reply := whole
		reply.Text = strings.Repeat("x", size)
		if err := c.Put(endpoint, "m", ask(func(r *relay.Request) { r.Messages[0].Text = fmt.Sprint(n) }),
			&reply); err != nil {
			t.Fatal(err)
		}
	}
	put(0, 1) // whatever another run left
	if store.trims != 1 {
		t.Errorf("%d times at the start", store.trims)
	}
	for i := range 6 {
		put(i+1, 1000)
	}
	if store.trims != 1 {
		t.Errorf("%d times before a sixteenth was added", store.trims)
	}
	for i := range 3 {
		put(i+7, 1000)
	}
	if store.trims != 2 {
		t.Errorf("%d times after a sixteenth", store.trims)
	}
	if put(11, 11<<10); len(store.kept) != 10 {
		t.Error("an answer was kept that displaces all others")
	}
	store.broken = errors.New("disk")
	if err := c.Put(endpoint, "m", ask(nil), &whole); !errors.Is(err, store.broken) {
		t.Error(err)
	}
}

func TestDamageIsAMiss(t *testing.T) {
	raw, err := encode("k", &whole)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := decode("other", raw); ok {
		t.Error("an answer to another request")
	}
	for i := range raw {
		bad := bytes.Clone(raw)
		bad[i] ^= 0x20
		if _, ok := decode("k", bad); ok {
			t.Fatalf("byte %d is damaged", i)
		}
		if _, ok := decode("k", raw[:i]); ok {
			t.Fatalf("cut at %d", i)
		}
	}
}

func FuzzDecode(f *testing.F) {
	good, err := encode("k", &whole)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(magic + "00000000{}"))
	f.Add(append([]byte(magic), append(checksum([]byte(`{"key":"k"}`)), `{"key":"k"}`...)...))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, raw := range [][]byte{raw, append(append([]byte(magic), checksum(raw)...), raw...)} {
			r, ok := decode("k", raw)
			if !ok {
				continue
			}
			if r.Status != relay.StatusOK || r.Err != nil || r.Text == "" && r.Refusal == "" && len(r.Tools) == 0 &&
				len(r.Raw) == 0 {
				t.Errorf("%+v", r)
			}
			again, err := encode("k", &r)
			if err != nil {
				t.Fatal(err)
			}
			if s, ok := decode("k", again); !ok || s.Text != r.Text {
				t.Errorf("%+v, then %+v", r, s)
			}
		}
	})
}

func FuzzKey(f *testing.F) {
	f.Add([]byte(`{"temperature":0,"seed":1}`))
	f.Add([]byte(`{"temperature":-0e-1,"a":[{}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) == 0 {
			return // a request without a body of its own
		}
		c := New(newMemoryStore(), Options{Any: true})
		r := &relay.Request{Cache: true, Body: body}
		key, ok := c.key(endpoint, "m", r)
		if !ok {
			return
		}
		var doc map[string]json.RawMessage
		if err := json.Unmarshal(body, &doc); err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		r.Body = append([]byte(" "), body...)
		if again, ok := c.key(endpoint, "m", r); !ok || again != key {
			t.Errorf("%q and a blank before it are different requests", body)
		}
	})
}
