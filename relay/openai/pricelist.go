package openai

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strings"

	"relaytop/relay"
)

// PriceList asks the relay for its prices: those in its list of models, else the list of new-api and its forks at
// /api/pricing of the same server. It returns the JSON as the relay sent it; nil: the relay publishes no prices.
// The error is a *relay.Error.
func (c *Client) PriceList(ctx context.Context) ([]byte, error) {
	models, err := c.Models(ctx)
	if err == nil {
		if raw := pricedModels(models); raw != nil {
			return raw, nil
		}
	}
	if err != nil && !relay.NoPath(relay.AsError(err, relay.ClassNetwork).Status) {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.silence)
	defer cancel()
	a := &attempt{c: c, parent: ctx, ctx: ctx, call: relay.Call{Request: &relay.Request{}}}
	raw, fail := a.pricing()
	if fail != nil {
		return nil, a.complete(fail)
	}
	return raw, nil
}

// pricedModels returns the models that have a price, with what says its unit, as one JSON document; nil: none has.
func pricedModels(models []Model) []byte {
	var doc struct {
		Data []map[string]json.RawMessage `json:"data"`
	}
	for _, m := range models {
		if len(m.Pricing) > 0 && m.Pricing[0] == '{' {
			entry := map[string]json.RawMessage{}
			maps.Copy(entry, m.Beside)
			entry["pricing"] = m.Pricing
			entry["id"], _ = json.Marshal(m.ID) // a string always can be
			doc.Data = append(doc.Data, entry)
		}
	}
	if doc.Data == nil {
		return nil
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		return nil // it can't fail: every part is JSON
	}
	return raw
}

// pricing reads /api/pricing. Only a failed connection is an error: with any other answer the server publishes no
// prices.
func (a *attempt) pricing() ([]byte, *relay.Error) {
	u := *a.c.base
	u.RawPath, u.Path = "", strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/v1")
	resp, fail := a.get(u.JoinPath("api/pricing").String())
	if fail != nil {
		return nil, fail
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, nil
	}
	body, err := readSome(a.c.decompressed(resp), maxModels)
	if err != nil {
		return nil, a.networkError(err)
	}
	var doc struct {
		Data []struct {
			Name string `json:"model_name"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &doc) != nil || len(doc.Data) == 0 || doc.Data[0].Name == "" {
		return nil, nil
	}
	return a.c.hide.body(body), nil
}
