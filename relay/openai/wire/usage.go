package wire

import (
	"encoding/json"
	"strings"

	"relaytop/relay"
)

// usageObject is a usage object with the field names of all vendors.
type usageObject struct {
	Prompt     count `json:"prompt_tokens"`
	Completion count `json:"completion_tokens"`
	Input      count `json:"input_tokens"`
	Output     count `json:"output_tokens"`
	Total      count `json:"total_tokens"`

	PromptDetails struct {
		Cached     count `json:"cached_tokens"`
		CacheWrite count `json:"cache_write_tokens"`
		Creation   count `json:"cache_creation_tokens"`
	} `json:"prompt_tokens_details"`
	CompletionDetails struct {
		Reasoning count `json:"reasoning_tokens"`
	} `json:"completion_tokens_details"`
	CacheHit      count `json:"prompt_cache_hit_tokens"` // DeepSeek
	CacheMiss     count `json:"prompt_cache_miss_tokens"`
	Cached        count `json:"cached_tokens"` // Moonshot
	CacheRead     count `json:"cache_read_input_tokens"`
	CacheCreation count `json:"cache_creation_input_tokens"`
	CacheWrite    count `json:"cache_write_tokens"`
	Reasoning     count `json:"reasoning_tokens"`

	Cost json.RawMessage `json:"cost"`
}

// count is a number of tokens. Relays write 12, 12.0 and "12"; anything else, a negative number too, is read as 0.
type count int64

// UnmarshalJSON never fails, so that one bad field does not lose the others.
func (c *count) UnmarshalJSON(b []byte) error {
	var f float64
	if json.Unmarshal([]byte(strings.Trim(string(b), `"`)), &f) == nil && f >= 0 && f < 1e15 {
		*c = count(f)
	}
	return nil
}

// readUsage reads a usage object and its cost. A nil usage: there is none, or it is all zeros, which relays send
// that do not count tokens.
func readUsage(raw json.RawMessage) (*relay.Usage, *relay.Money) {
	if isNull(raw) || raw[0] != '{' {
		return nil, nil
	}
	var w usageObject
	_ = json.Unmarshal(raw, &w) // the document was valid; a field of another type is ignored
	cost := w.cost()
	u := relay.Usage{
		Input:      int64(max(w.Prompt, w.Input)),
		Output:     int64(max(w.Completion, w.Output)),
		Cached:     int64(max(w.PromptDetails.Cached, w.CacheHit, w.Cached, w.CacheRead)),
		CacheWrite: int64(max(w.PromptDetails.CacheWrite, w.PromptDetails.Creation, w.CacheCreation, w.CacheWrite)),
		Reasoning:  int64(max(w.CompletionDetails.Reasoning, w.Reasoning)),
		Total:      int64(w.Total),
	}
	if u.Input == 0 {
		u.Input = int64(w.CacheHit + w.CacheMiss)
	}
	if u.Input == 0 && u.Output == 0 {
		return nil, cost
	}
	if apart := int64(w.CacheRead + w.CacheCreation); apart > u.Input { // Anthropic does not count cached tokens as input
		u.Input += apart
	}
	if u.Reasoning > u.Output && u.Total > u.Input+u.Output { // xAI does not count reasoning as output
		u.Output = u.Total - u.Input
	}
	u.Cached = min(u.Cached, u.Input) // it is a part of the input, whatever the relay sends
	u.Reasoning = min(u.Reasoning, u.Output)
	if u.Total < u.Input+u.Output {
		u.Total = u.Input + u.Output
	}
	return &u, cost
}

// cost returns usage.cost in US dollars; nil: there is none, or it is not an amount.
func (w *usageObject) cost() *relay.Money {
	s := strings.Trim(string(w.Cost), `"`)
	if s == "" || s == "null" {
		return nil
	}
	m, err := relay.ParseMoney(s)
	if err != nil || m < 0 {
		return nil
	}
	return &m
}
