package openai

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

// memoryStore is a relay.Store in memory, which several clients can use one after the other.
type memoryStore struct {
	mu   sync.Mutex
	kept map[string]struct {
		value []byte
		saved time.Time
	}
}

func (d *memoryStore) Load(kind, key string) ([]byte, time.Time, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v, ok := d.kept[kind+"/"+key]
	return v.value, v.saved, ok
}

func (d *memoryStore) Save(kind, key string, value []byte) error {
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

// TestQuirksLastOnDisk: the next run sends its first request without the parameter. Another relay or model is asked
// as usual.
func TestQuirksLastOnDisk(t *testing.T) {
	store := &memoryStore{}
	wary := func(n int) string {
		if n == 0 {
			return response(422, "",
				`{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}`)
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
		store := &memoryStore{}
		open := func() *quirkMemory { return newQuirkMemory(store, "a") }
		l := open()
		if err := l.save("m", wire.Quirks{NoTemperature: true}); err != nil {
			t.Fatal(err)
		}
		<-time.After(quirksLast)
		if !l.of("m").NoTemperature || !open().of("m").NoTemperature {
			t.Error("forgotten too early")
		}
		<-time.After(time.Second)
		if l.of("m").NoTemperature || open().of("m").NoTemperature {
			t.Error("still believed")
		}
	})
}

// TestQuirksOfAClockThatWasAhead: a quirk with a date in the future is ignored.
func TestQuirksOfAClockThatWasAhead(t *testing.T) {
	l := newQuirkMemory(nil, "a")
	l.entry("m").last.Store(&learnedQuirks{wire.Quirks{NoTemperature: true}, time.Now().Add(365 * 24 * time.Hour)})
	if l.of("m").NoTemperature {
		t.Error("believed")
	}
}

// TestQuirksOfADamagedStore: an unreadable value counts as none.
func TestQuirksOfADamagedStore(t *testing.T) {
	store := &memoryStore{}
	_ = store.Save(quirksKind, "a m", []byte("{\"no_temp"))
	l := newQuirkMemory(store, "a")
	if l.of("m") != (wire.Quirks{}) {
		t.Errorf("%+v", l.of("m"))
	}
}

// TestQuirksAreProvedByAnAnswer: a relay that is down, or refuses the key, does not prove that it was the parameter.
func TestQuirksAreProvedByAnAnswer(t *testing.T) {
	for _, code := range []int{200, 401, 429, 500} {
		s := serve(t, false, func(n int) string {
			if n == 0 {
				return response(400, "", `{"error":{"message":"property 'stream_options' is unsupported"}}`)
			}
			return response(code, streamType, events(content("Hi"), finish("stop"), "[DONE]"))
		})
		c := client(t, relay.Endpoint{BaseURL: s.url}, Options{})
		seen := false
		c.Send(t.Context(), ask(), func(e relay.Event) { seen = seen || e.Kind == relay.Quirk })
		if got := c.quirks.of("m").NoStreamOptions; got != (code == 200) || seen != got || len(s.seen()) != 2 {
			t.Errorf("%d: remembered %v, reported %v, after %d requests", code, got, seen, len(s.seen()))
		}
	}
}

// stuckStore is a Store whose Load or Save for one model waits until free is closed.
type stuckStore struct {
	memoryStore
	model         string
	atLoad        bool
	reached, free chan struct{}
}

func (s *stuckStore) wait(key string) {
	if strings.HasSuffix(key, " "+s.model) {
		s.reached <- struct{}{}
		<-s.free
	}
}

func (s *stuckStore) Load(kind, key string) ([]byte, time.Time, bool) {
	if s.atLoad {
		s.wait(key)
	}
	return s.memoryStore.Load(kind, key)
}

func (s *stuckStore) Save(kind, key string, value []byte) error {
	if !s.atLoad {
		s.wait(key)
	}
	return s.memoryStore.Save(kind, key, value)
}

// TestASlowStoreDelaysOneModel: while the disk is stuck on one model's quirks, requests for another model go on.
func TestASlowStoreDelaysOneModel(t *testing.T) {
	for name, atLoad := range map[string]bool{"load": true, "save": false} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, false, func(n int) string {
				if n == 0 && !atLoad {
					return response(400, "", `{"error":{"message":"property 'stream_options' is unsupported"}}`)
				}
				return response(200, streamType, events(content("Hi"), finish("stop"), "[DONE]"))
			})
			store := &stuckStore{model: "slow", atLoad: atLoad, reached: make(chan struct{}), free: make(chan struct{})}
			c := client(t, relay.Endpoint{BaseURL: s.url}, Options{Store: store})
			send := func(model string) <-chan relay.Status {
				done := make(chan relay.Status, 1)
				call := ask()
				call.Model = model
				go func() { done <- c.Send(t.Context(), call, nil).Status }()
				return done
			}
			slow := send("slow")
			<-store.reached
			select {
			case status := <-send("other"):
				if status != relay.StatusOK {
					t.Errorf("the other request ended as %s", status)
				}
			case <-time.After(10 * time.Second):
				t.Error("the other request waits for the disk")
			}
			close(store.free)
			if status := <-slow; status != relay.StatusOK {
				t.Errorf("the slow request ended as %s", status)
			}
		})
	}
}
