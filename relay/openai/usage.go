package openai

import (
	"encoding/json"
	"strings"

	"relaytop/relay"
)

// wireUsage is a usage object with the names of all vendors.
type wireUsage struct {
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

// count is a number of tokens. Relays write 12, 12.0 and "12"; anything else, and less than nothing, counts as not said.
type count int64

// UnmarshalJSON never fails, so that one odd field does not lose the others.
func (c *count) UnmarshalJSON(b []byte) error {
	var f float64
	if json.Unmarshal([]byte(strings.Trim(string(b), `"`)), &f) == nil && f >= 0 && f < 1e15 {
		*c = count(f)
	}
	return nil
}

// readUsage reads a usage object. Nil: there is none, or it says nothing, as the zeros of relays that do not count.
func readUsage(raw json.RawMessage) (*relay.Usage, *relay.Money) {
	if isNull(raw) || raw[0] != '{' {
		return nil, nil
	}
	var w wireUsage
	_ = json.Unmarshal(raw, &w) // of a valid document; fields of another type are passed over
	var cost *relay.Money
	if s := strings.Trim(string(w.Cost), `"`); s != "" && s != "null" {
		if m, err := relay.ParseMoney(s); err == nil && m >= 0 {
			cost = &m
		}
	}
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
	if apart := int64(w.CacheRead + w.CacheCreation); apart > u.Input { // Anthropic counts what the cache held beside the input
		u.Input += apart
	}
	if u.Reasoning > u.Output && u.Total > u.Input+u.Output { // xAI counts the reasoning beside the output
		u.Output = u.Total - u.Input
	}
	u.Cached = min(u.Cached, u.Input) // part of it, whatever is claimed
	u.Reasoning = min(u.Reasoning, u.Output)
	if u.Total < u.Input+u.Output {
		u.Total = u.Input + u.Output
	}
	return &u, cost
}
