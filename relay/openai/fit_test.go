package openai

import (
	"encoding/json"
	"strings"
	"testing"

	"relaytop/relay"
)

// TestFit: what relays say about a max_tokens of 4096, and what of it fits.
func TestFit(t *testing.T) {
	for said, want := range map[string]int64{
		"This model's maximum context length is 4096 tokens. However, you requested 4101 tokens (5 in the messages, 4096 " +
			"in the completion). Please reduce the length of the messages or completion.": 4091,
		"This model's maximum context length is 8,192 tokens. However, you requested 9,096 tokens (5,000 in your prompt; " +
			"4,096 for the completion).": 3192,
		"'max_tokens' or 'max_completion_tokens' is too large: 4096. This model's maximum context length is 2048 tokens " +
			"and your request has 5 input tokens (4096 > 2048 - 5).": 2043,
		"input length and `max_tokens` exceed context limit: 197000 + 4096 > 200000, decrease input length":             3000,
		"max_tokens is too large: 4096. This model supports at most 2048 completion tokens, whereas you provided 4096.": 2048,
		"`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5 `inputs` tokens and 4096 `max_new_tokens`":        4091,
		"Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of 4101 " +
			"tokens: 5 tokens from the input messages and 4096 tokens for the completion.": 4091,
		"This endpoint's maximum context length is 6000 tokens. However, you requested about 6096 tokens (2000 of text " +
			"input, 4096 in the output).": 4000,
		"max_tokens: 4096 > 2048, which is the maximum allowed number of output tokens for claude-3-5-x":        2048,
		"Invalid max_tokens value, the valid range of max_tokens is [1, 2048]":                                  2048,
		"<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 2048]":                    2048,
		"max_completion_tokens must be less than or equal to 2048":                                              2048,
		"Invalid request: Your request exceeded model token limit: 2048 (requested: 4116)":                      2028,
		"Request too large for model `m` on tokens per minute (TPM): Limit 2000, Requested 4116, please reduce": 1980,
		"This request requires more credits, or fewer max_tokens. You requested up to 4096 tokens, but can only " +
			"afford 1722. To increase, visit https://openrouter.ai/settings/credits": 1722,
		"The maximum tokens you requested exceeds the model limit of 2048. Try again with a value lower than 2048.": 2048,
		"max_tokens: 4096 > 2048, which is the maximum (request id: 20241130120000)":                                2048,
		"Rate limit reached on tokens per minute (TPM): Limit 6000, Used 5900, Requested 500.":                      0,
		"Request too large on tokens per minute (TPM): Limit 2000, Requested 9000, please reduce your message size": 0,
		// the input alone is too long, or nothing is said of max_tokens
		"This model's maximum context length is 4096 tokens. However, you requested 9096 tokens (5000 in the messages, " +
			"4096 in the completion).": 0,
		"This model's maximum context length is 8192 tokens. However, you requested 13096 tokens (9000 in the messages, " +
			"4096 in the completion).": 0,
		"input length and `max_tokens` exceed context limit: 210000 + 4096 > 200000":                          0,
		"This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.": 0,
		"prompt is too long: 210000 tokens > 200000 maximum":                                                  0,
		"too long": 0, "": 0,
	} {
		if got := fit(said, 4096); got != want {
			t.Errorf("%s: %d, want %d", said, got, want)
		}
	}
}

// TestMaxTokensThatDoNotFit: our own limit is lowered once, and told; of one that the user set the advice speaks.
func TestMaxTokensThatDoNotFit(t *testing.T) {
	refusal := func(window string) string {
		return response(400, "", `{"error":{"message":"This model's maximum context length is `+window+` tokens. However, `+
			`you requested 5005 tokens (5 in the messages, 5000 in the completion)."}}`)
	}
	small := response(400, "", `{"error":{"message":"This model's maximum context length is 2048 tokens. However, you `+
		`requested 4101 tokens (5 in the messages, 4096 in the completion)."}}`)
	good := response(200, streamType, events(content("Hi"), finish("stop"), "[DONE]"))
	for name, c := range map[string]struct {
		asked   string
		body    bool // it is the user's own body that asks
		answers []string
		sent    []int64
		status  relay.Status
		advice  string
	}{
		"ours":          {"4096", false, []string{small, good}, []int64{4096, 2043}, relay.StatusOK, ""},
		"ours, refused": {"4096", false, []string{small, small}, []int64{4096, 2043}, relay.StatusFailed, "lower max_tokens"},
		"that of a user": {"5000", false, []string{refusal("4000"), good}, []int64{5000}, relay.StatusFailed,
			"lower max_tokens: 5000"},
		"as many as ours, but of a user": {"4096", true, []string{small, good}, []int64{4096}, relay.StatusFailed,
			"lower max_tokens: 4096"},
		"nothing would do": {"5000", false, []string{refusal("3"), good}, []int64{5000}, relay.StatusFailed, "shorten"},
	} {
		s := serve(t, false, func(n int) string { return c.answers[min(n, len(c.answers)-1)] })
		cl := client(t, relay.Endpoint{BaseURL: s.url}, Options{})
		call, told := ask(), ""
		call.Request.Params = relay.Params{"max_tokens": json.RawMessage(c.asked)}
		if c.body {
			call.Request.Params = nil
			call.Request.Body = json.RawMessage(`{"messages":[{"role":"user","content":"Hi"}],"max_tokens":` + c.asked + `}`)
		}
		r := cl.Send(t.Context(), call, func(e relay.Event) {
			if e.Kind == relay.Quirk {
				told += e.Reason
			}
		})
		var sent []int64
		for _, q := range s.seen() {
			var body struct {
				Max int64 `json:"max_tokens"`
			}
			if err := json.Unmarshal([]byte(q.body), &body); err != nil {
				t.Fatal(err)
			}
			sent = append(sent, body.Max)
		}
		if r.Status != c.status || len(sent) != len(c.sent) || sent[len(sent)-1] != c.sent[len(c.sent)-1] {
			t.Errorf("%s: %s %v, sent %d", name, r.Status, r.Err, sent)
		}
		if (r.Status == relay.StatusOK) != strings.Contains(told, "sent with 2043") ||
			r.Err != nil && !strings.Contains(r.Err.Advice(), c.advice) {
			t.Errorf("%s: told %q, %v", name, told, r.Err)
		}
		if cl.quirks.of("m").MaxTokens != 0 {
			t.Errorf("%s: remembered", name)
		}
	}
}

// TestMaxTokensOfTheCall: what the window leaves is sent in place of the default, and is lowered again if it was too
// much.
func TestMaxTokensOfTheCall(t *testing.T) {
	small := response(400, "", `{"error":{"message":"This model's maximum context length is 2048 tokens. However, you `+
		`requested 2055 tokens (55 in the messages, 2000 in the completion)."}}`)
	good := response(200, streamType, events(content("Hi"), finish("stop"), "[DONE]"))
	for name, answers := range map[string][]string{"fits": {good}, "too much": {small, good}} {
		s := serve(t, false, func(n int) string { return answers[min(n, len(answers)-1)] })
		call := ask()
		call.Request.Params, call.MaxTokens = relay.DefaultParams(), 2000
		r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), call, nil)
		seen := s.seen()
		want := map[int]string{1: `"max_tokens":2000`, 2: `"max_tokens":1993`}[len(answers)]
		if r.Status != relay.StatusOK || len(seen) != len(answers) || !strings.Contains(seen[len(seen)-1].body, want) {
			t.Errorf("%s: %s %v after %d requests: %s", name, r.Status, r.Err, len(seen), seen[len(seen)-1].body)
		}
	}
}

// TestMaxTokensRefusedUnderOtherStatuses: not only a 400 says that max_tokens is too large.
func TestMaxTokensRefusedUnderOtherStatuses(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		said   string
		sent   string
		class  relay.Class // "": it is answered
	}{
		"what the credits pay for": {status: 402, said: "This request requires more credits, or fewer max_tokens. You " +
			"requested up to 4096 tokens, but can only afford 1722.", sent: `"max_tokens":1722`},
		"no credits": {status: 402, said: "Insufficient credits", sent: `"max_tokens":4096`, class: relay.ClassQuota},
		"the tokens of a minute": {status: 413, said: "Request too large on tokens per minute (TPM): Limit 2000, " +
			"Requested 4116, please reduce your message size", sent: `"max_tokens":1980`},
		"a relay of relays": {status: 500, said: "max_tokens is too large: 4096. This model supports at most 2048 " +
			"completion tokens, whereas you provided 4096.", sent: `"max_tokens":2048`},
		"a failure": {status: 500, said: "something broke", sent: `"max_tokens":4096`, class: relay.ClassUpstream},
	} {
		s := serve(t, false, func(n int) string {
			if n > 0 {
				return response(200, streamType, events(content("Hi"), finish("stop"), "[DONE]"))
			}
			return response(c.status, "", `{"error":{"message":"`+c.said+`"}}`)
		})
		call := ask()
		call.Request.Params = relay.DefaultParams()
		r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), call, nil)
		seen := s.seen()
		if last := seen[len(seen)-1].body; !strings.Contains(last, c.sent) {
			t.Errorf("%s: sent %s", name, last)
		}
		if (r.Err == nil) != (c.class == "") || r.Err != nil && r.Err.Class != c.class {
			t.Errorf("%s: %s %v", name, r.Status, r.Err)
		}
	}
}
