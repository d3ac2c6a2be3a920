package openai

import (
	"encoding/json"
	"sync"
	"time"
)

// modelsKind is the kind under which a list of models is kept in the relay.Store, as JSON, by the endpoint's name.
const modelsKind = "models"

// modelsFresh is how long a list is served again without a request: models and prices are read one after the other,
// from the same page.
const modelsFresh = 5 * time.Second

// modelCache holds the relay's last answer to GET /models.
type modelCache struct {
	mu      sync.Mutex
	at      time.Time // of the answer in this run; zero: none yet
	models  []Model
	err     error            // why the relay has no list
	windows map[string]int64 // context windows; nil: not loaded
}

// keptModels is a list in the store.
type keptModels struct {
	Place  string  `json:"place"` // a relay with the same name at another URL has other models
	Models []Model `json:"models"`
}

// fresh returns an answer that is only seconds old; ok is false if there is none.
func (m *modelCache) fresh() (models []Model, err error, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.models, m.err, !m.at.IsZero() && time.Since(m.at) < modelsFresh
}

// set takes an answer of the relay.
func (m *modelCache) set(models []Model, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at, m.models, m.err = time.Now(), models, err
	if err == nil {
		m.windows = windowsOf(models)
	}
}

func windowsOf(models []Model) map[string]int64 {
	w := map[string]int64{}
	for _, m := range models {
		w[m.ID] = m.Context
	}
	return w
}

// ContextWindow returns the context window of a model in tokens, as the relay's last list states it; the list may be
// from an earlier run. False: it is not known. It sends no request.
func (c *Client) ContextWindow(model string) (int64, bool) {
	m := &c.models
	m.mu.Lock()
	known := m.windows != nil
	m.mu.Unlock()
	var kept []Model
	if !known {
		kept, _ = c.Kept()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.windows == nil { // no answer has come meanwhile
		m.windows = windowsOf(kept)
	}
	w := m.windows[model]
	return w, w > 0
}

// keep saves a list in the store. An error is ignored: the next run asks again.
func (c *Client) keep(models []Model) {
	if c.store == nil {
		return
	}
	if raw, err := json.Marshal(keptModels{withoutSecrets(c.base), models}); err == nil {
		_ = c.store.Save(modelsKind, c.endpoint.Name, raw)
	}
}

// Kept returns the relay's last list, perhaps from an earlier run, and when it came; nil: there is none.
func (c *Client) Kept() ([]Model, time.Time) {
	if c.store == nil {
		return nil, time.Time{}
	}
	raw, saved, ok := c.store.Load(modelsKind, c.endpoint.Name)
	var k keptModels
	if !ok || json.Unmarshal(raw, &k) != nil || k.Place != withoutSecrets(c.base) {
		return nil, time.Time{}
	}
	return k.Models, saved
}
