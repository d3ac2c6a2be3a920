package openai

import (
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

// quirksKind is the kind under which quirks are kept in the relay.Store; quirksLast is how long one is valid.
const (
	quirksKind = "quirks"
	quirksLast = 7 * 24 * time.Hour
)

// quirkMemory remembers the quirks of an endpoint by model, in memory and in a Store that may be nil. A model's
// quirks are loaded once, by the first request that needs them; only requests for the same model wait for that.
type quirkMemory struct {
	store    relay.Store
	endpoint string // name and URL: an endpoint that moves starts without quirks

	mu     sync.Mutex // guards the map only
	models map[string]*modelQuirks
}

// modelQuirks are the quirks of one model.
type modelQuirks struct {
	load sync.Once
	last atomic.Pointer[learnedQuirks] // nil: none
}

type learnedQuirks struct {
	wire.Quirks
	at time.Time
}

func newQuirkMemory(store relay.Store, endpoint string) *quirkMemory {
	return &quirkMemory{store: store, endpoint: endpoint, models: map[string]*modelQuirks{}}
}

// entry returns the entry of a model, loaded.
func (m *quirkMemory) entry(model string) *modelQuirks {
	m.mu.Lock()
	e := m.models[model]
	if e == nil {
		e = &modelQuirks{}
		m.models[model] = e
	}
	m.mu.Unlock()
	e.load.Do(func() {
		if m.store == nil {
			return
		}
		var q wire.Quirks
		if raw, at, ok := m.store.Load(quirksKind, m.key(model)); ok && json.Unmarshal(raw, &q) == nil {
			e.last.Store(&learnedQuirks{q, at})
		}
	})
	return e
}

func (m *quirkMemory) key(model string) string { return m.endpoint + " " + model }

// of returns the quirks of a model that are still valid.
func (m *quirkMemory) of(model string) wire.Quirks {
	q := m.entry(model).last.Load()
	if q == nil {
		return wire.Quirks{}
	}
	// negative: the clock was ahead when it was learned
	if age := time.Since(q.at); age > quirksLast || age < -time.Hour {
		return wire.Quirks{}
	}
	return q.Quirks
}

// learnShape remembers how the answers of the model differ from others, as far as it is not known yet.
func (a *attempt) learnShape(status relay.Status) {
	q := a.c.quirks.of(a.call.Model)
	early, thought := &a.answer.finish, &a.answer.thinking
	reason := ""
	switch {
	case len(early.early) > 0 && !q.EarlyFinish:
		q.EarlyFinish = true
		reason = "it sends a finish_reason before the end: only [DONE] or the end of the stream ends an answer"
	case thought.Closed() && !q.OpensThought:
		q.OpensThought = true
		reason = "it closes its reasoning with a tag that it never opens: content begins with reasoning"
	case thought.Implied() && status == relay.StatusOK && q.OpensThought:
		q.OpensThought = false
		reason = "it sends no tag behind its reasoning any more: content is text from the beginning"
	default:
		return
	}
	a.remember(a.call.Model, q, reason)
}

// save replaces the quirks of a model.
func (m *quirkMemory) save(model string, q wire.Quirks) error {
	q.MaxTokens = 0
	m.entry(model).last.Store(&learnedQuirks{q, time.Now()})
	if m.store == nil {
		return nil
	}
	raw, err := json.Marshal(q)
	if err != nil {
		return err
	}
	return m.store.Save(quirksKind, m.key(model), raw)
}
