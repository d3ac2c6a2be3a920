package openai

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"relaytop/relay"
)

// maxModels is the largest list that is read, in bytes.
const maxModels = 16 << 20

// Model is one entry of a relay's list.
type Model struct {
	ID      string          `json:"id"`
	Owner   string          `json:"owned_by,omitempty"`
	Context int64           `json:"context,omitempty"` // tokens; 0: not said
	Pricing json.RawMessage `json:"pricing,omitempty"` // as the relay wrote it
}

// Models asks the relay for its models and keeps the list, which answers again for a few seconds. The error is a *relay.Error; a relay
// without a list answers 404, 405 or 501.
func (c *Client) Models(ctx context.Context) ([]Model, error) {
	if list, err, ok := c.listed.fresh(); ok {
		return list, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.silence)
	defer cancel()
	a := &attempt{c: c, parent: ctx, ctx: ctx, call: relay.Call{Request: &relay.Request{}}}
	list, fail := a.models()
	if fail != nil {
		err := a.named(fail)
		if absent(err) {
			c.listed.tell(nil, err)
		}
		return nil, err
	}
	c.listed.tell(list, nil)
	c.keep(list)
	return list, nil
}

// get asks for a page of the relay. The caller closes the body.
func (a *attempt) get(url string) (*http.Response, *relay.Error) {
	req, err := http.NewRequestWithContext(context.WithValue(a.ctx, ownerKey{}, a.ctx), http.MethodGet, url, nil)
	if err != nil {
		return nil, &relay.Error{Class: relay.ClassInvalid, Message: "the request can't be made: " + bare(err).Error()}
	}
	SetHeaders(req, a.c.endpoint, a.c.version)
	resp, err := a.c.http.Do(req)
	if err != nil {
		return nil, a.broke(bare(err))
	}
	a.answer.reply.HTTP = resp.StatusCode
	return resp, nil
}

func (a *attempt) models() ([]Model, *relay.Error) {
	resp, fail := a.get(a.c.url("/models"))
	if fail != nil {
		return nil, fail
	}
	defer resp.Body.Close()
	body, err := readSome(a.c.decoded(resp), maxModels)
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return nil, redirected(resp)
	case resp.StatusCode < 200 || resp.StatusCode >= 300:
		return nil, Classify(resp.StatusCode, resp.Header, a.c.hide.body(body))
	case err != nil:
		return nil, a.broke(err)
	}
	list, err := readModels(body)
	if err != nil {
		return nil, &relay.Error{Class: relay.ClassProtocol, Status: resp.StatusCode, Cause: err,
			Message: "no list of models: " + summary(0, resp.Header.Get("Content-Type"), a.c.hide.body(body))}
	}
	return list, nil
}

// readModels reads a list of any of the known shapes: under data or models, or bare; of objects, or of names.
func readModels(body []byte) ([]Model, error) {
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
			return nil, fmt.Errorf("neither data nor models")
		}
	}
	list := make([]Model, 0, len(items))
	for _, raw := range items {
		var m struct {
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
		_ = json.Unmarshal(raw, &m) // what is of another type is passed over
		id := text(raw)
		for _, name := range []json.RawMessage{m.ID, m.Name, m.Model} {
			if id == "" {
				id = text(name)
			}
		}
		if id == "" {
			continue
		}
		if isNull(m.Pricing) {
			m.Pricing = nil
		}
		window := max(m.Length, m.Window, m.MaxLen, m.MaxContext)
		if window == 0 {
			window = inner(m.Meta, m.Provider)
		}
		list = append(list, Model{ID: id, Owner: text(m.Owner), Context: int64(window), Pricing: m.Pricing})
	}
	return list, nil
}

// inner is the context window where it stands one level down: meta.n_ctx_train (llama.cpp), top_provider.context_length (OpenRouter).
func inner(parts ...json.RawMessage) (window count) {
	for _, raw := range parts {
		var p struct {
			Trained count `json:"n_ctx_train"`
			Length  count `json:"context_length"`
		}
		_ = json.Unmarshal(raw, &p) // what is no object says nothing
		window = max(window, p.Trained, p.Length)
	}
	return window
}
