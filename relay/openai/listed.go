package openai

import (
	"encoding/json"
	"sync"
	"time"
)

// ModelsKind is the kind under which the list of models is kept in the relay.Store, as JSON, by the endpoint's name.
const ModelsKind = "models"

// listFresh is how long a list answers in place of the relay: prices and models are wanted one after the other, and are in one page.
const listFresh = 5 * time.Second

// listed is what the relay last said of its models.
type listed struct {
	mu      sync.Mutex
	at      time.Time // when it said so in this run; zero: not yet
	models  []Model
	err     error            // that it has no list
	windows map[string]int64 // nil: not looked up
}

// keptModels is a list in the store.
type keptModels struct {
	Place  string  `json:"place"` // a relay of the same name at another place has other models
	Models []Model `json:"models"`
}

// fresh is what was said a moment ago.
func (l *listed) fresh() (models []Model, err error, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.models, l.err, !l.at.IsZero() && time.Since(l.at) < listFresh
}

// tell remembers what the relay said just now.
func (l *listed) tell(models []Model, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at, l.models, l.err = time.Now(), models, err
	if err == nil {
		l.windows = windowsOf(models)
	}
}

func windowsOf(models []Model) map[string]int64 {
	w := map[string]int64{}
	for _, m := range models {
		w[m.ID] = m.Context
	}
	return w
}

// Window is the context window of a model in tokens as the relay's list last stated it, in an earlier run perhaps. False: it did not. It
// asks nobody.
func (c *Client) Window(model string) (int64, bool) {
	l := &c.listed
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.windows == nil {
		l.windows = windowsOf(first(c.Kept()))
	}
	w := l.windows[model]
	return w, w > 0
}

// keep makes a list last. It is good without: the next run asks again.
func (c *Client) keep(models []Model) {
	if c.store == nil {
		return
	}
	if raw, err := json.Marshal(keptModels{shown(c.base), models}); err == nil {
		_ = c.store.Save(ModelsKind, c.endpoint.Name, raw)
	}
}

func first(models []Model, _ time.Time) []Model { return models }

// Kept is the list that the relay gave last, in an earlier run perhaps, and when; nil: none is known.
func (c *Client) Kept() ([]Model, time.Time) {
	if c.store == nil {
		return nil, time.Time{}
	}
	raw, saved, ok := c.store.Load(ModelsKind, c.endpoint.Name)
	var k keptModels
	if !ok || json.Unmarshal(raw, &k) != nil || k.Place != shown(c.base) {
		return nil, time.Time{}
	}
	return k.Models, saved
}
