package sim_test

import (
	"strconv"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/relay/sim"
)

func tokensOfHello() string { return strconv.Itoa(sim.CountTokens(hello)) }

// moreThanHello is the count of chunks of an answer that has n more than hello.
func moreThanHello(n int) string {
	return strconv.Itoa(sim.CountTokens(hello)+n) + "/" + tokensOfHello()
}

// deltas: what carries tokens, and what does not.
func deltas() []variant {
	calls := []relay.ToolCall{{ID: "a", Name: "weather", Arguments: `{"city":"Huế"}`},
		{ID: "b", Name: "time", Arguments: `{"zone":"ICT"}`}}
	return []variant{
		{name: "content as parts", edits: do(sim.ContentParts()), want: "ok"},
		{name: "reasoning_content", edits: do(sim.Reason("reasoning_content", "hm")),
			want: `ok reasoning="hm" chunks=` + moreThanHello(1)},
		{name: "reasoning", edits: do(sim.Reason("reasoning", "hm")), want: `ok reasoning="hm" chunks=` + moreThanHello(1)},
		{name: "reasoning_details", edits: do(sim.Reason("reasoning_details", "hm")),
			want: `ok reasoning="hm" chunks=` + moreThanHello(1)},
		{name: "reasoning in content", edits: do(sim.Text("<think>\nhm, yes\n</think>\n\nHi")),
			want: `ok text="Hi" reasoning="hm, yes"`},
		{name: "reasoning in content, a byte at a time", edits: do(sim.Text("<think>hm</think>Hi"), sim.Bytes(1)),
			want: `ok text="Hi" reasoning="hm"`},
		{name: "reasoning in content as JSON", edits: do(sim.Text("<think>hm</think>"+hello), sim.AsJSON()),
			want: `ok reasoning="hm" chunks=1/` + tokensOfHello()},
		{name: "reasoning in content, only the closing tag", edits: stream(strings.Replace(sayHi, "Hi", "hm</think>Hi", 1),
			stop, counted), want: `ok text="Hi" reasoning="hm" learned="it closes its reasoning with a tag that it never ` +
			`opens: content begins with reasoning"`},
		{name: "reasoning in content, never closed", edits: stream(strings.Replace(sayHi, "Hi", "<think>Hi", 1), stop,
			counted), want: `ok text="<think>Hi"`},
		{name: "refusal", edits: do(sim.Refuse("No.")), want: `ok text="" refusal="No."`},
		{name: "tool calls, interleaved", edits: do(sim.ToolCalls(calls...)),
			want: `ok text="" tool=weather{"city":"Huế"} tool=time{"zone":"ICT"} finish=tool_calls`},
		{name: "tool calls, a plain answer", ask: func(r *relay.Request) { r.Plain = true },
			edits: do(sim.ToolCalls(calls...)),
			want:  `ok text="" tool=weather{"city":"Huế"} tool=time{"zone":"ICT"} finish=tool_calls`},
		{name: "tool calls, index out of order",
			edits: stream(`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"time",`+
				`"arguments":"{"}}]}}]}`,
				`{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"weather",`+
					`"arguments":"{}"}},{"index":1,"function":{"arguments":"}"}}]}}]}`, stop, counted),
			want: `ok text="" tool=weather{} tool=time{}`},
		{name: "tool calls without an index",
			edits: stream(`{"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{"}}]}}]}`,
				`{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"}"}}]}}]}`,
				`{"choices":[{"delta":{"tool_calls":[{"id":"b","function":{"name":"g","arguments":"{}"}}]}}]}`, stop, counted),
			want: `ok text="" tool=f{} tool=g{}`},
		{name: "two choices: never mixed", edits: do(sim.Choices("another answer")), want: "ok"},
		{name: "two choices, the second first",
			edits: stream(`{"choices":[{"index":1,"delta":{"content":"No"}},{"index":0,"delta":{"content":"Hi"}}]}`,
				`{"choices":[{"index":1,"delta":{},"finish_reason":"length"}]}`, stop, counted), want: `ok text="Hi"`},
		{name: "role-only, empty and finish-only are not tokens",
			edits: stream(roleOnly, roleOnly, sayHi, roleOnly, stop, counted), want: `ok text="Hi"`},
		{name: "unknown fields", edits: stream(`{"x":{"y":[1,{}]},"choices":[{"index":0,"delta":{"content":"Hi",`+
			`"audio":null,"z":[1]},"w":1}]}`, stop, counted), want: `ok text="Hi"`},
		{name: "another model answers", edits: do(sim.AnsweredBy("gpt-4.1-2025-04-14")), want: "ok model=gpt-4.1-2025-04-14"},
	}
}

// silences: the timers.
func silences() []variant {
	const short = 80 * time.Millisecond
	return []variant{
		{name: "no response", silence: short, edits: do(sim.Late(time.Hour)),
			want: "failed/timeout attempts=3 wait=2ms wait=4ms", says: "no response within 80ms"},
		{name: "headers, then nothing", silence: short, edits: do(sim.Stall(0)),
			want: "failed/timeout attempts=3 wait=2ms wait=4ms", says: "no first token within 80ms"},
		{name: "pings without end", silence: short, edits: do(sim.PingForever(2 * time.Millisecond)),
			want: "failed/timeout attempts=3 wait=2ms wait=4ms", says: "no first token"},
		{name: "tokens, then nothing", silence: short, edits: do(sim.Stall(3)),
			want: "truncated/truncated text=part usage=~ cost=~estimated", says: "silence"},
		{name: "tokens, then pings without end", silence: short, edits: do(sim.Stall(3), sim.Pings(2*time.Millisecond)),
			want: "truncated/truncated text=part usage=~ cost=~estimated", says: "silence"},
		{name: "the whole request's limit", ask: func(r *relay.Request) { r.MaxTotal = short }, edits: do(sim.Stall(3)),
			want: "truncated/truncated text=part usage=~ cost=~estimated", says: "cut off: the 80 ms"},
		{name: "the whole request's limit, no token", ask: func(r *relay.Request) { r.MaxTotal = short },
			edits: do(sim.Stall(0)), want: "failed/timeout", says: "within 80 ms"},
	}
}

// usages: the last one counts, wherever it is.
func usages() []variant {
	with := func(usage string) []sim.Edit {
		return stream(sayHi, stop, `{"choices":[],"usage":`+usage+`}`, "[DONE]")
	}
	grown := `usage=7(0,0)+` + tokensOfHello() + `(0) cost=relay:`
	return []variant{
		{name: "usage in an extra chunk", want: "ok"},
		{name: "usage in the finish chunk", edits: do(sim.Usage(sim.UsageFinish)), want: "ok"},
		{name: "usage on every chunk", edits: do(sim.Usage(sim.UsageEvery)), want: "ok"},
		{name: "usage cumulative on every chunk", edits: do(sim.Counts(relay.Usage{Input: 7}), sim.Usage(sim.UsageEvery)),
			want: "ok " + grown + amount(7+sim.CountTokens(hello))},
		{name: "usage null on every chunk, then the last", edits: do(sim.Usage(sim.UsageNullRun)), want: "ok"},
		{name: "usage null only", edits: do(sim.Usage(sim.UsageNull)), want: "ok usage=~ cost=~estimated"},
		{name: "usage zeros", edits: do(sim.Usage(sim.UsageZeros)), want: "ok usage=~ cost=~estimated"},
		{name: "usage never", edits: do(sim.Usage(sim.UsageNone)), want: "ok usage=~ cost=~estimated"},
		{name: "usage after [DONE]", edits: do(sim.Usage(sim.UsageNone), sim.Then(counted)), want: "ok"},
		{name: "usage twice: never added up", edits: stream(sayHi,
			`{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}`, stop, counted), want: `ok text="Hi"`},
		{name: "usage in a chunk with a choice",
			edits: stream(`{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}],` +
				`"usage":{"prompt_tokens":3,"completion_tokens":1}}`),
			want: `ok text="Hi" usage=3(0,0)+1(0) cost=relay:0.000032`},
		{name: "usage of DeepSeek: hits and misses",
			edits: with(`{"prompt_tokens":10,"completion_tokens":5,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":2}`),
			want:  `ok text="Hi" usage=10(8,0)+5(0) cost=relay:0.000120`},
		{name: "usage with cache_creation",
			edits: with(`{"prompt_tokens":10,"completion_tokens":5,"cache_read_input_tokens":4,` +
				`"cache_creation_input_tokens":3}`),
			want: `ok text="Hi" usage=10(4,3)+5(0) cost=relay:0.000120`},
		{name: "usage with cache_write_tokens",
			edits: with(`{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4,` +
				`"cache_write_tokens":3}}`),
			want: `ok text="Hi" usage=10(4,3)+5(0) cost=relay:0.000120`},
		{name: "usage as strings and floats", edits: with(`{"prompt_tokens":"10","completion_tokens":5.0}`),
			want: `ok text="Hi" usage=10(0,0)+5(0) cost=relay:0.000120`},
		{name: "usage whose total counts hidden reasoning",
			edits: with(`{"prompt_tokens":10,"completion_tokens":20,"total_tokens":530}`),
			want:  `ok text="Hi" usage=10(0,0)+520(0) cost=relay:0.004240`},
		{name: "usage without the cached input",
			edits: with(`{"prompt_tokens":10,"completion_tokens":5,"total_tokens":1015,"prompt_tokens_details":` +
				`{"cached_tokens":1000}}`),
			want: `ok text="Hi" usage=1010(1000,0)+5(0) cost=relay:0.008120`},
		{name: "usage that contradicts itself", edits: with(`{"prompt_tokens":10,"completion_tokens":5,"total_tokens":7}`),
			want: `ok text="Hi" usage=~ cost=~estimated`},
		{name: "usage null after a usage", edits: stream(sayHi, counted, stop, `{"choices":[],"usage":null}`),
			want: `ok text="Hi"`},
		{name: "usage zeros after a usage", edits: stream(sayHi, counted, stop,
			`{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}}`), want: `ok text="Hi"`},
	}
}

// amount is the cost of a number of tokens at 8 USD a million.
func amount(tokens int) string { return (relay.Money(tokens) * 8 * relay.USD / 1_000_000).String() }

// prices: the order of trust.
func prices() []variant {
	priced := func(cost string) string {
		return `{"choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":500,"prompt_tokens_details":` +
			`{"cached_tokens":400},"completion_tokens_details":{"reasoning_tokens":100},` + cost + `}}`
	}
	cost := priced(`"cost":0.00123`)
	return []variant{
		{name: "cost in usage", edits: stream(sayHi, stop, cost), want: `ok text="Hi" cost=reported:0.001230`},
		{name: "cost in a string", edits: stream(sayHi, stop, priced(`"cost":"0.00123"`)),
			want: `ok text="Hi" cost=reported:0.001230`},
		{name: "cost in an object", edits: stream(sayHi, stop, priced(`"cost":{"total_cost":0.00123}`)),
			want: `ok text="Hi" cost=reported:0.001230`},
		{name: "cost of the user's own key at a provider", edits: stream(sayHi, stop, priced(`"cost":0.0018,`+
			`"is_byok":true,"cost_details":{"upstream_inference_cost":0.0360795}`)),
			want: `ok text="Hi" cost=reported:0.0378795`},
		{name: "cost of the response", edits: stream(sayHi, stop, priced(`"response_cost":0.00123`)),
			want: `ok text="Hi" cost=reported:0.001230`},
		{name: "cost estimated by the relay", edits: stream(sayHi, stop, priced(`"estimated_cost":0.00123`)),
			want: `ok text="Hi" cost=~reported`},
		{name: "cost in the header", edits: do(sim.Header("x-litellm-response-cost", "0.0042")),
			want: "ok cost=header:0.004200"},
		{name: "cost in both: usage is trusted", edits: append(stream(sayHi, stop, cost),
			sim.Header("x-litellm-response-cost", "0.0042")), want: `ok text="Hi" cost=reported:0.001230`},
		{name: "cost in the header is junk", edits: do(sim.Header("x-litellm-response-cost", "None")), want: "ok"},
		{name: "price unknown", ask: func(r *relay.Request) { r.Model = "no-price-model" }, want: "ok cost=unknown"},
		{name: "the demo's money", at: func(e *relay.Endpoint) { e.Kind = "sim" }, want: "ok cost=sim:0.012000"},
	}
}
