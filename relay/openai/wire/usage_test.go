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
			Input: 10, Output: 5, Reasoning: 5, Total: 15, Estimated: true, Doubtful: true},
		`{"prompt_tokens":10,"completion_tokens":105,"total_tokens":115,` +
			`"completion_tokens_details":{"reasoning_tokens":100}}`: {
			Input: 10, Output: 105, Reasoning: 100, Total: 115},
		`{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":11}}`: {
			Input: 21, Cached: 11, Output: 5, Total: 26},
		// the total counts what the output hides
		`{"prompt_tokens":10,"completion_tokens":20,"total_tokens":530}`: {Input: 10, Output: 520, Total: 530},
		`{"prompt_tokens":10,"completion_tokens":0,"total_tokens":30}`:   {Input: 10, Output: 20, Total: 30},
		// the input leaves the cached out, as the total shows
		`{"prompt_tokens":2000,"completion_tokens":5,"total_tokens":3005,"prompt_tokens_details":{"cached_tokens":1000}}`: {
			Input: 3000, Cached: 1000, Output: 5, Total: 3005},
		`{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":1000}}`: {
			Input: 1010, Cached: 1000, Output: 5, Total: 1015},
		`{"input_tokens":2000,"output_tokens":5,"cache_read_input_tokens":1000}`: {
			Input: 3000, Cached: 1000, Output: 5, Total: 3005},
		`{"input_tokens":2000,"output_tokens":5,"total_tokens":2005,"input_tokens_details":{"cached_tokens":1000},` +
			`"output_tokens_details":{"reasoning_tokens":3}}`: {
			Input: 2000, Cached: 1000, Output: 5, Reasoning: 3, Total: 2005},
		`{"prompt_tokens":0,"completion_tokens":5,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":2}`: {
			Input: 10, Cached: 8, Output: 5, Total: 15},
		// the total leaves the cached out, the input does not
		`{"prompt_tokens":1000,"completion_tokens":5,"total_tokens":605,"prompt_tokens_details":{"cached_tokens":400}}`: {
			Input: 1000, Cached: 400, Output: 5, Total: 1005},
		// no explanation fits: an estimate
		`{"prompt_tokens":10,"completion_tokens":5,"total_tokens":7}`: {
			Input: 10, Output: 5, Total: 15, Estimated: true, Doubtful: true},
		`{"completion_tokens":5,"total_tokens":105}`: {
			Input: 100, Output: 5, Total: 105, Estimated: true, Doubtful: true},
		`{"total_tokens":105}`: {Input: 105, Total: 105, Estimated: true, Doubtful: true},
		`{"prompt_tokens":15,"completion_tokens":5,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":2}`: {
			Input: 15, Cached: 8, Output: 5, Total: 20, Estimated: true, Doubtful: true},
		`{"prompt_tokens":100000000000000,"completion_tokens":5}`: {Output: 5, Total: 5},
		`{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":100}}`: {
			Input: 10, Output: 105, Reasoning: 100, Total: 115, Estimated: true, Doubtful: true},
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

// TestCostInTheWild: what an answer cost, in all the shapes in which relays say it.
func TestCostInTheWild(t *testing.T) {
	for doc, want := range map[string]string{
		`{"usage":{"cost":0.0018}}`:                                           "0.001800",
		`{"usage":{"cost":"0.0018"}}`:                                         "0.001800",
		`{"usage":{"cost":"$1.8e-3"}}`:                                        "0.001800",
		`{"usage":{"cost":0}}`:                                                "0.000000",
		`{"usage":{"cost":{"total_cost":0.0018,"input_cost":0.0003}}}`:        "0.001800",
		`{"usage":{"cost":{"total":"0.0018"}}}`:                               "0.001800",
		`{"usage":{"cost":{"input_tokens_cost":0.0008,"output_cost":0.001}}}`: "~0.001800",
		`{"usage":{"cost":{"total_cost":0.0018,"currency":"CNY"}}}`:           "none",
		`{"usage":{"cost":0.0018,"currency":"CNY"}}`:                          "none",
		`{"usage":{"cost":null,"response_cost":0.0018}}`:                      "0.001800",
		`{"usage":{"cost":-1}}`:                                               "none",
		`{"usage":{"cost":"free"}}`:                                           "none",
		`{"usage":{"cost":1e9}}`:                                              "none",
		`{"usage":{"cost":100000.01}}`:                                        "none", // it fits, and is no price
		`{"usage":{"cost":100000}}`:                                           "100000.000000",
		`{"usage":{"total_cost":0.0018}}`:                                     "0.001800",
		`{"usage":{"estimated_cost":0.0018}}`:                                 "~0.001800",
		`{"usage":{"estimated_cost":0.5,"response_cost":"0.0018"}}`:           "0.001800",
		`{"usage":{"estimated_cost":0.5},"response_cost":0.0018}`:             "0.001800",
		`{"usage":{"cost":0.0018},"response_cost":0.5}`:                       "0.001800",
		`{"estimated_cost":0.0018}`:                                           "~0.001800",
		`{"_hidden_params":{"response_cost":0.0018}}`:                         "0.001800",
		`{"usage":{"cost":0.0018,"is_byok":true,"cost_details":{"upstream_inference_cost":0.0360795}}}`: "0.0378795",
		`{"usage":{"cost":"0","is_byok":true,"cost_details":{"upstream_inference_cost":"0.02"}}}`:       "0.020000",
		`{"usage":{"cost":0.001,"is_byok":true,"cost_details":{"upstream_inference_cost":null,` +
			`"upstream_inference_prompt_cost":0.002,"upstream_inference_completions_cost":0.003}}}`: "0.006000",
		`{"usage":{"cost":{"input":0.0008,"output":0.001}}}`:                                             "~0.001800",
		`{"usage":{"cost":{"prompt":0.0008,"completion":0.001,"cost_currency":"CNY"}}}`:                  "none",
		`{"usage":{"cost":0.0018,"cost_currency":"CNY"}}`:                                                "none",
		`{"usage":{"cost":"0.0018 USD"}}`:                                                                "0.001800",
		`{"usage":{"cost":"¥0.0018"}}`:                                                                   "none",
		`{"usage":{"cost_usd":0.0018}}`:                                                                  "0.001800",
		`{"usage":{"total_cost_usd":"0.0018"}}`:                                                          "0.001800",
		`{"usage":{"prompt_tokens":1},"cost":0.0018}`:                                                    "0.001800",
		`{"usage":{"prompt_tokens":1},"cost":0.0018,"currency":"CNY"}`:                                   "none",
		`{"usage":{"cost_in_usd_ticks":37756000}}`:                                                       "0.0037756",
		`{"usage":{"cost_in_usd_ticks":-1}}`:                                                             "none",
		`{"usage":{"is_byok":true,"cost_details":{"upstream_inference_cost":0.02}}}`:                     "~0.020000",
		`{"usage":{"cost":0.0018,"is_byok":true}}`:                                                       "~0.001800",
		`{"usage":{"cost":0.0018,"is_byok":false,"cost_details":{"upstream_inference_cost":0.0360795}}}`: "0.001800",
	} {
		c, err := new(Decoder).Decode([]byte(doc))
		got := "none"
		if c.Cost != nil {
			if got = c.Cost.String(); c.CostRough {
				got = "~" + got
			}
		}
		if err != nil || got != want {
			t.Errorf("%s: %s, not %s (%v)", doc, got, want, err)
		}
	}
}
