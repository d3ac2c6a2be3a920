package openai

import (
	"testing"

	"relaytop/relay/openai/wire"
)

// TestRefusalsInTheWild: which words make relaytop send the request again without a parameter.
func TestRefusalsInTheWild(t *testing.T) {
	sent := []byte(`{"model":"m","temperature":0.7,"max_tokens":4096,"stream":true,` +
		`"stream_options":{"include_usage":true}}`)
	options, limit, heat, none := wire.Quirks{NoStreamOptions: true}, wire.Quirks{MaxCompletion: true},
		wire.Quirks{NoTemperature: true}, wire.Quirks{}
	for text, want := range map[string]wire.Quirks{
		`{"status":422,"code":"parameter_not_supported","detail":{"loc":["body","stream_options"]},` +
			`"message":"One of the parameters contain invalid values."}`: options,
		`{"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid request parameters: 'stream_options' "}`: options,
		`{"error":{"message":"Invalid value for 'stream_options'"}}`:                                         options,
		`{"error":{"message":"The 'stream_options' parameter is only allowed when 'stream' is enabled."}}`:   options,
		`{"error":{"message":"invalid temperature: only 1 is allowed for this model"}}`:                      heat,
		`{"error":{"message":"Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) ` +
			`value is supported."}}`: heat,
		`{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use ` +
			`'max_completion_tokens' instead."}}`: limit,
		`{"error":{"message":"max_tokens: please set max_completion_tokens for this model"}}`: limit,
		`{"message":"'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context length is ` +
			`2048 tokens and your request has 9 input tokens."}`: none,
		`{"error":{"message":"max_tokens must be at most 2048"}}`:                                    none,
		`{"error":{"message":"temperature 3 is not allowed: it must be between 0 and 2"}}`:           none,
		`{"error":{"message":"Invalid 'temperature': decimal above maximum value. Expected <= 2."}}`: none,
		`{"error":{"message":"model m is not supported"}}`:                                           none,
	} {
		for _, status := range []int{400, 422} {
			got, reason, ok := learn(none, status, []byte(text), sent)
			if got != want || ok != (want != none) || ok != (reason != "") {
				t.Errorf("%s: %+v %q", text, got, reason)
			}
		}
		if _, _, ok := learn(none, 500, []byte(text), sent); ok {
			t.Errorf("learned from a 500: %s", text)
		}
	}
}
