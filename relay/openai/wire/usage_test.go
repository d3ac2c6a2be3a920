package wire

import (
	"testing"

	"relaytop/relay"
)

func TestUsageInTheWild(t *testing.T) {
	for raw, want := range map[string]relay.Usage{
		`{"input_tokens":10,"output_tokens":5,"cache_read_input_tokens":1000,"cache_creation_input_tokens":100}`: {
			Input: 1110, Cached: 1000, CacheWrite: 100, Output: 5, Total: 1115},
		`{"prompt_tokens":1110,"completion_tokens":5,"cache_read_input_tokens":1000,"cache_creation_input_tokens":100}`: {
			Input: 1110, Cached: 1000, CacheWrite: 100, Output: 5, Total: 1115},
		`{"prompt_tokens":10,"completion_tokens":5,"total_tokens":115,` +
			`"completion_tokens_details":{"reasoning_tokens":100}}`: {
			Input: 10, Output: 105, Reasoning: 100, Total: 115},
		`{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"completion_tokens_details":{"reasoning_tokens":100}}`: {
			Input: 10, Output: 5, Reasoning: 5, Total: 15},
		`{"prompt_tokens":10,"completion_tokens":105,"total_tokens":115,` +
			`"completion_tokens_details":{"reasoning_tokens":100}}`: {
			Input: 10, Output: 105, Reasoning: 100, Total: 115},
		`{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":11}}`: {
			Input: 10, Cached: 10, Output: 5, Total: 15},
	} {
		if u, _ := readUsage([]byte(raw)); u == nil || *u != want {
			t.Errorf("%s: %+v", raw, u)
		}
	}
}

// TestCachedTokensOfMoonshot: cached_tokens at the top of a usage object, of the chunk or of a choice.
func TestCachedTokensOfMoonshot(t *testing.T) {
	usage := `"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"cached_tokens":4}`
	want := relay.Usage{Input: 10, Cached: 4, Output: 5, Total: 15}
	for _, data := range []string{
		`{"choices":[],` + usage + `}`,
		`{"choices":[{"index":0,"delta":{},"finish_reason":"stop",` + usage + `}]}`,
	} {
		c, err := new(Decoder).Decode([]byte(data))
		if err != nil || c.Usage == nil || *c.Usage != want {
			t.Errorf("%s: %+v, %v", data, c.Usage, err)
		}
	}
}
