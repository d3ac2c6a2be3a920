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
	InputDetails struct {
		Cached     count `json:"cached_tokens"`
		CacheWrite count `json:"cache_write_tokens"`
	} `json:"input_tokens_details"`
	OutputDetails struct {
		Reasoning count `json:"reasoning_tokens"`
	} `json:"output_tokens_details"`
	CacheHit      count `json:"prompt_cache_hit_tokens"` // DeepSeek
	CacheMiss     count `json:"prompt_cache_miss_tokens"`
	Cached        count `json:"cached_tokens"` // Moonshot
	CacheRead     count `json:"cache_read_input_tokens"`
	CacheCreation count `json:"cache_creation_input_tokens"`
	CacheWrite    count `json:"cache_write_tokens"`
	Reasoning     count `json:"reasoning_tokens"`
}

// mostTokens is above what any request has.
const mostTokens = 1e10

// count is a number of tokens. Relays write 12, 12.0 and "12"; anything else, a negative number too, is read as 0.
type count int64

// UnmarshalJSON never fails, so that one bad field does not lose the others.
func (c *count) UnmarshalJSON(b []byte) error {
	var f float64
	if json.Unmarshal([]byte(strings.Trim(string(b), `"`)), &f) == nil && f >= 0 && f < mostTokens {
		*c = count(f)
	}
	return nil
}

// readUsage reads a usage object and the cost in it. A nil usage: there is none, or it is all zeros, which relays send
// that do not count tokens.
func readUsage(raw json.RawMessage) (*relay.Usage, reported) {
	if isNull(raw) || raw[0] != '{' {
		return nil, reported{}
	}
	var w usageObject
	_ = json.Unmarshal(raw, &w) // the document was valid; a field of another type is ignored
	return w.usage(), readCost(raw)
}

// usage makes the counts consistent. Where they contradict each other the result is an estimate. Nil: there are none.
func (w *usageObject) usage() *relay.Usage {
	u := relay.Usage{
		Input:  int64(max(w.Prompt, w.Input)),
		Output: int64(max(w.Completion, w.Output)),
		Cached: int64(max(w.PromptDetails.Cached, w.InputDetails.Cached, w.CacheHit, w.Cached, w.CacheRead)),
		CacheWrite: int64(max(w.PromptDetails.CacheWrite, w.PromptDetails.Creation, w.CacheCreation, w.CacheWrite,
			w.InputDetails.CacheWrite)),
		Reasoning: int64(max(w.CompletionDetails.Reasoning, w.OutputDetails.Reasoning, w.Reasoning)),
	}
	if u.Input == 0 {
		u.Input = int64(w.CacheHit + w.CacheMiss)
	}
	if u.Input == 0 && u.Output == 0 {
		return totalOnly(int64(w.Total))
	}
	sent := u.Input + u.Output
	u.Input += w.leftOut(&u)
	u.Doubtful = reconcile(&u, int64(w.Total), sent)
	if w.CacheMiss > 0 && w.Prompt > 0 && w.CacheHit+w.CacheMiss != w.Prompt {
		u.Doubtful = true
	}
	u.Estimated = u.Doubtful
	u.Total = u.Input + u.Output
	return &u
}

// totalOnly is the usage of which only the sum is known, for the time being as input: what of it is output, the text
// shows. Nil: there is none.
func totalOnly(total int64) *relay.Usage {
	if total == 0 {
		return nil
	}
	return &relay.Usage{Input: total, Total: total, Estimated: true, Doubtful: true}
}

// leftOut returns how many tokens of the cache the relay does not count as input.
func (w *usageObject) leftOut(u *relay.Usage) int64 {
	part := u.Cached + u.CacheWrite
	total := int64(w.Total)
	switch {
	case part > u.Input: // so they are not in it
		return part
	case part > 0 && total == u.Input+part+u.Output:
		return part
	case total == 0 && w.Prompt == 0: // Anthropic's own names
		return int64(w.CacheRead + w.CacheCreation)
	}
	return 0
}

// reconcile makes the output what is billed: at least the total without the input. sent is the input and output as
// they came. It reports whether the counts contradict each other in a way that has no such explanation.
func reconcile(u *relay.Usage, total, sent int64) (contradict bool) {
	sum := u.Input + u.Output
	switch {
	case total > sum && u.Input == 0:
		u.Input, contradict = total-u.Output, true
	case total > sum: // hidden reasoning is billed as output
		u.Output = total - u.Input
	case total > 0 && total < sum:
		// a total may leave out what the input leaves out, or what it has
		contradict = total != sent && total != sum-u.Cached-u.CacheWrite
	}
	if u.Reasoning > u.Output {
		contradict = true
		if total == 0 { // it is not in the output
			u.Output += u.Reasoning
		}
	}
	u.Reasoning = min(u.Reasoning, u.Output)
	u.Cached = min(u.Cached, u.Input)
	u.CacheWrite = min(u.CacheWrite, u.Input-u.Cached)
	return contradict
}
