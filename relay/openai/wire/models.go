package wire

import (
	"encoding/json"
	"errors"
	"strings"
)

// Model is one entry of a relay's list of models.
type Model struct {
	ID      string          `json:"id"`
	Owner   string          `json:"owned_by,omitempty"`
	Context int64           `json:"context,omitempty"` // context window in tokens; 0: not stated
	Pricing json.RawMessage `json:"pricing,omitempty"` // as the relay sent it

	// Beside are the fields of the entry, and of the list, that may say what the prices are for: the name has price,
	// unit or currency in it.
	Beside map[string]json.RawMessage `json:"beside,omitempty"`
}

// modelObject is an entry as servers send it.
type modelObject struct {
	ID, Name, Model json.RawMessage
	Owner           json.RawMessage `json:"owned_by"`
	Length          count           `json:"context_length"`
	Window          count           `json:"context_window"`
	MaxLen          count           `json:"max_model_len"`
	MaxContext      count           `json:"max_context_length"`
	Pricing         json.RawMessage `json:"pricing"`
	Meta            json.RawMessage `json:"meta"`
	Provider        json.RawMessage `json:"top_provider"`
}

// ReadModels reads a list of models of any known shape: under data or models, or bare; of objects, or of names.
func ReadModels(body []byte) ([]Model, error) {
	var wrap struct {
		Data   []json.RawMessage `json:"data"`
		Models []json.RawMessage `json:"models"`
	}
	var items []json.RawMessage
	if err := json.Unmarshal(body, &items); err != nil {
		if err := json.Unmarshal(body, &wrap); err != nil {
			return nil, err
		}
		if items = wrap.Data; items == nil {
			items = wrap.Models
		}
		if items == nil {
			return nil, errors.New("neither data nor models")
		}
	}
	list := make([]Model, 0, len(items))
	ofList := besidePrices(body, nil)
	for _, raw := range items {
		if m := readModel(raw); m.ID != "" {
			if len(m.Pricing) > 0 {
				m.Beside = besidePrices(raw, ofList)
			}
			list = append(list, m)
		}
	}
	return list, nil
}

// besidePrices returns the fields of an object that may say what its prices are for, and those of its list. nil: there
// are none.
func besidePrices(object json.RawMessage, ofList map[string]json.RawMessage) (found map[string]json.RawMessage) {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(object, &fields) // anything but an object has none
	for _, all := range []map[string]json.RawMessage{ofList, fields} {
		for name, v := range all {
			n := strings.ToLower(name)
			if len(v) > maxBeside || n == "pricing" ||
				!strings.Contains(n, "price") && !strings.Contains(n, "unit") && !strings.Contains(n, "currency") {
				continue
			}
			if found == nil {
				found = map[string]json.RawMessage{}
			}
			found[name] = v
		}
	}
	return found
}

// maxBeside is the longest field beside the prices that is kept, in bytes.
const maxBeside = 1 << 10

// readModel reads one entry. An empty ID: it names no model.
func readModel(raw json.RawMessage) Model {
	var o modelObject
	_ = json.Unmarshal(raw, &o) // a field of another type is ignored
	id := text(raw)
	for _, name := range []json.RawMessage{o.ID, o.Name, o.Model} {
		if id == "" {
			id = text(name)
		}
	}
	if isNull(o.Pricing) {
		o.Pricing = nil
	}
	window := max(o.Length, o.Window, o.MaxLen, o.MaxContext)
	if window == 0 {
		window = innerWindow(o.Meta, o.Provider)
	}
	return Model{ID: id, Owner: text(o.Owner), Context: int64(window), Pricing: o.Pricing}
}

// innerWindow finds the context window one level down: meta.n_ctx_train (llama.cpp), top_provider.context_length
// (OpenRouter).
func innerWindow(objects ...json.RawMessage) (window count) {
	for _, raw := range objects {
		var o struct {
			Trained count `json:"n_ctx_train"`
			Length  count `json:"context_length"`
		}
		_ = json.Unmarshal(raw, &o) // anything but an object has no window
		window = max(window, o.Trained, o.Length)
	}
	return window
}
