package engine_test

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"relaytop/relay"
	"relaytop/relay/engine"
	"relaytop/relay/sim"
)

// published is a price list as a relay publishes it, and what an answer costs by it.
type published struct {
	name      string
	model     string // "": m, which no vendor lists
	models    string // of GET /models; "": without prices
	pricing   string // of GET /api/pricing; "": there is none
	file      string // the user's own list
	usage     relay.Usage
	want      string // the amount; "": unknown
	source    relay.Source
	estimated bool
	told      string // in a notice; "": there is none
}

var (
	short = relay.Usage{Input: 1000, Output: 500, Total: 1500}
	long  = relay.Usage{Input: 300_000, Output: 1000, Total: 301_000}
)

// units: the number of tokens that a price is for is decided once for a list.
func units() []published {
	const fine = `{"id":"a","pricing":{"prompt":"0.000001","completion":"0.000002"}},` +
		`{"id":"b","pricing":{"prompt":"0.000001","completion":"0.000002"}},`
	return []published{
		{name: "per token", models: `{"data":[{"id":"m","pricing":{"prompt":"0.0000025","completion":"0.00001"}}]}`,
			want: "0.007500", source: relay.SourceRelay},
		{name: "per million, as a field beside says", models: `{"data":[{"id":"m","price":{"input":{"tao":0.001,` +
			`"usd":0.28},"output":{"usd":0.42}},"pricing":{"prompt":0.28,"completion":0.42,"input_cache_read":0.14}}]}`,
			want: "0.000490", source: relay.SourceRelay, told: "1000000 tokens"},
		{name: "per million, as its unit says", models: `{"data":[{"id":"m","pricing":{"prompt":"0.0004",` +
			`"completion":"0.0008","unit":"USD per 1M tokens"}}]}`,
			want: "0.0000008", source: relay.SourceRelay, told: "1000000 tokens"},
		{name: "per million, as the list says", models: `{"unit":"per_million_tokens","data":[{"id":"m",` +
			`"pricing":{"prompt":"1","completion":"2"}}]}`, want: "0.002000", source: relay.SourceRelay,
			told: "1000000 tokens"},
		{name: "per thousand", models: `{"data":[{"id":"m","price_unit":"1K tokens","pricing":{"prompt":"0.001",` +
			`"completion":"0.002"}}]}`, want: "0.002000", source: relay.SourceRelay, told: "1000 tokens"},
		{name: "per million by the median", models: `{"data":[{"id":"m","pricing":{"prompt":15,"completion":"75.00"}},` +
			`{"id":"n","pricing":{"prompt":0.02,"completion":0}}]}`, want: "0.052500", source: relay.SourceRelay,
			told: "USD for a million"},
		{name: "per million under other names", models: `{"data":[{"id":"m","pricing":{"hourly":0,"input":0.3,` +
			`"output":0.6}}]}`, want: "0.000600", source: relay.SourceRelay, told: "USD for a million"},
		{name: "per token under other names", models: `{"data":[{"id":"m","pricing":{"input":"0.0000003",` +
			`"output":"0.0000006"}}]}`, want: "0.000600", source: relay.SourceRelay},
		{name: "one absurd price in a good list", models: `{"data":[` + fine + `{"id":"m","pricing":{"prompt":"0.28",` +
			`"completion":"0.42"}}]}`, source: relay.SourceUnknown, told: `"m" (prompt is $280,000`},
		{name: "one beyond all bounds", models: `{"data":[` + fine + `{"id":"m","pricing":{"prompt":"15",` +
			`"completion":"75"}}]}`, source: relay.SourceUnknown, told: `"m" (prompt is far above`},
		{name: "a price of a token in a list per million", models: `{"data":[{"id":"a","pricing":{"prompt":1,` +
			`"completion":2}},{"id":"m","pricing":{"prompt":"0.000001","completion":"0.000002"}}]}`,
			source: relay.SourceUnknown, told: "less than $0.0001"},
		{name: "the dearest model there is", models: `{"data":[` + fine + `{"id":"m","pricing":{"prompt":"0.00015",` +
			`"completion":"0.0006"}}]}`, want: "0.450000", source: relay.SourceRelay},
		{name: "in yuan", models: `{"data":[{"id":"m","pricing":{"prompt":"0.000001","completion":"0.000002",` +
			`"currency":"CNY"}}]}`, source: relay.SourceUnknown, told: "CNY"},
		{name: "an absurd ratio", pricing: `{"data":[{"model_name":"m","model_ratio":37500000}]}`,
			source: relay.SourceUnknown, told: "million tokens"},
		{name: "the user's list of LiteLLM with an absurd price", file: `{"a":{"input_cost_per_token":1e-6,` +
			`"output_cost_per_token":2e-6},"b":{"input_cost_per_token":1e-6,"output_cost_per_token":2e-6},` +
			`"m":{"input_cost_per_token":0.28,"output_cost_per_token":0.42}}`, source: relay.SourceUnknown,
			told: "your price file"},
		{name: "the user's list of LiteLLM per million", file: `{"m":{"input_cost_per_token":2.5,` +
			`"output_cost_per_token":10}}`, want: "0.007500", source: relay.SourceUser, told: "USD for a million"},
		{name: "the user's own list with an absurd price", file: "[m]\ninput = 2500000\noutput = 1\n",
			source: relay.SourceUnknown, told: "your price file"},
		{name: "the user's own list per token", file: "[m]\ninput = 0.0000025\noutput = 0.00001\n",
			source: relay.SourceUnknown, told: "less than $0.0001"},
	}
}

// conditions: prices that depend on the request or on the clock.
func conditions() []published {
	over := func(overrides string) string {
		return `{"data":[{"id":"m","pricing":{"prompt":"0.00000125","completion":"0.00001","overrides":` + overrides + `}}]}`
	}
	lite := func(more string) string {
		return `{"m":{"input_cost_per_token":1.25e-6,"output_cost_per_token":1e-5,` + more + `}}`
	}
	expr := func(expr string) string {
		return `{"data":[{"model_name":"m","quota_type":0,"model_ratio":0,"billing_mode":"tiered_expr","billing_expr":"` +
			expr + `"}]}`
	}
	const twice = `[{"min_prompt_tokens":200000,"prompt":"0.0000025","completion":"0.000015"}]`
	const tiers = `len <= 200000 ? tier(\"short\", p * 1.25 + c * 10) : tier(\"long\", p * 2.5 + c * 15)`
	return []published{
		{name: "below an override", models: over(twice), usage: short, want: "0.006250", source: relay.SourceRelay},
		{name: "above an override", models: over(twice), usage: long, want: "0.765000", source: relay.SourceRelay},
		{name: "at an override", models: over(twice), usage: relay.Usage{Input: 200_000, Output: 1, Total: 200_001},
			want: "0.500015", source: relay.SourceRelay},
		{name: "the highest of several overrides", models: over(`[{"min_prompt_tokens":250000,"prompt":"0.000004"},` +
			`{"min_prompt_tokens":100000,"prompt":"0.000002"}]`), usage: long, want: "1.210000", source: relay.SourceRelay},
		{name: "an override by the clock", models: over(`[{"start_hour":16,"prompt":"0.0000001"}]`), usage: short,
			want: "0.006250", source: relay.SourceRelay, estimated: true},
		{name: "off-peak prices", models: `{"data":[{"id":"m","pricing":{"prompt":"0.00000125","completion":"0.00001",` +
			`"off_peak":{"prompt":"0.0000005"}}}]}`, usage: short, want: "0.006250", source: relay.SourceRelay,
			estimated: true},
		{name: "LiteLLM above 128k", file: lite(`"input_cost_per_token_above_128k_tokens":2.5e-6`), usage: long,
			want: "0.760000", source: relay.SourceUser},
		{name: "LiteLLM above any number", file: lite(`"input_cost_per_token_above_37k_tokens":2.5e-6,` +
			`"output_cost_per_token_above_37k_tokens":1.5e-5`), usage: long, want: "0.765000", source: relay.SourceUser},
		{name: "LiteLLM above 1m", file: lite(`"input_cost_per_token_above_1m_tokens":2.5e-6`), usage: long,
			want: "0.385000", source: relay.SourceUser},
		{name: "LiteLLM cached above 200k", file: lite(`"cache_read_input_token_cost":1e-7,` +
			`"cache_read_input_token_cost_above_200k_tokens":2e-7`), usage: relay.Usage{Input: 300_000, Cached: 100_000,
			Output: 1000, Total: 301_000}, want: "0.280000", source: relay.SourceUser},
		{name: "LiteLLM off-peak", file: lite(`"input_cost_per_token_off_peak":5e-7`), usage: short, want: "0.006250",
			source: relay.SourceUser, estimated: true},
		{name: "a formula, short", pricing: expr(tiers), usage: short, want: "0.006250", source: relay.SourceRelay},
		{name: "a formula, long", pricing: expr(tiers), usage: long, want: "0.765000", source: relay.SourceRelay},
		{name: "a formula with cached input", pricing: expr(`p * 2 + cr * 0.5 + c * 10`),
			usage: relay.Usage{Input: 1000, Cached: 400, Output: 500, Total: 1500}, want: "0.006400",
			source: relay.SourceRelay},
		{name: "a formula that does not name cached input", pricing: expr(`p * 2 + c * 10`),
			usage: relay.Usage{Input: 1000, Cached: 400, Output: 500, Total: 1500}, want: "0.007000",
			source: relay.SourceRelay},
		{name: "a formula by the clock", pricing: expr(`hour(\"Asia/Shanghai\") < 8 ? p * 1 + c * 5 : p * 2 + c * 10`),
			usage: short, want: "0.007000", source: relay.SourceRelay, estimated: true},
		{name: "a formula with rules for parameters", pricing: expr(`(len <= 200000 ? tier(\"a\", p * 1.25 + c * 10) : ` +
			`tier(\"b\", p * 2.5 + c * 15)) * (param(\"service_tier\") == \"fast\" && len <= 272000 ? 2.5 : 1) * ` +
			`(has(header(\"x\"), \"y\") ? 3 : 1)`), usage: short, want: "0.006250", source: relay.SourceRelay, estimated: true},
		{name: "a formula by the minute of the day", pricing: expr(`tier(\"base\", p * 1 + c * 5) * ((hour(\"UTC\") * 60 + ` +
			`minute(\"UTC\") >= 540 && hour(\"UTC\") < 12 || weekday(\"UTC\") == 1) ? 2 : 1)`), usage: short,
			want: "0.007000", source: relay.SourceRelay, estimated: true},
		{name: "a formula of logic and arithmetic", pricing: expr(`!(len > 9 || c == 1) ? 9 : max(p, 2, c) * 2 - -p / 2 + ` +
			`min(c * 10, 1e9)`), usage: short, want: "0.007500", source: relay.SourceRelay},
		{name: "a formula for a group", pricing: strings.TrimSuffix(expr(tiers), "}") + `,"group_ratio":{"default":0.5}}`,
			usage: long, want: "0.382500", source: relay.SourceRelay},
		{name: "a formula that can't be read", pricing: expr(`sql(\"x\")`), usage: short, source: relay.SourceUnknown,
			told: "formula"},
		{name: "a formula that can't be read beside a ratio", pricing: `{"data":[{"model_name":"m","model_ratio":1,` +
			`"completion_ratio":4,"billing_mode":"tiered_expr","billing_expr":"sql(1)"}]}`, usage: short, want: "0.006000",
			source: relay.SourceRelay, estimated: true},
		{name: "a mode that is not known", pricing: `{"data":[{"model_name":"m","model_ratio":1,` +
			`"billing_mode":"per_second"}]}`, usage: short, source: relay.SourceUnknown, told: `"per_second"`},
		{name: "a quota type that is not known", pricing: `{"data":[{"model_name":"m","model_ratio":1,"quota_type":7}]}`,
			usage: short, source: relay.SourceUnknown, told: "quota type 7"},
		{name: "a ratio of 0 beside a price by the call", pricing: `{"data":[{"model_name":"m","quota_type":0,` +
			`"model_ratio":0,"model_price":0.02}]}`, usage: short, source: relay.SourceUnknown, told: "ratio of 0"},
		{name: "a ratio of 0 alone", pricing: `{"data":[{"model_name":"m","quota_type":0,"model_ratio":0}]}`,
			usage: short, want: "0.000000", source: relay.SourceRelay},
		{name: "a mode of ratios", pricing: `{"data":[{"model_name":"m","billing_mode":"ratio","model_ratio":1,` +
			`"completion_ratio":4}]}`, usage: short, want: "0.006000", source: relay.SourceRelay},
	}
}

// unusable: prices that are stated, but not as a number of dollars. No other list is asked for the model.
func unusable() []published {
	one := func(pricing string) string { return `{"data":[{"id":"gpt-4o","pricing":` + pricing + `}]}` }
	return []published{
		{name: "none at all", model: "gpt-4o", models: one(`{}`), want: "0.007500", source: relay.SourceList},
		{name: "null", model: "gpt-4o", models: one(`{"prompt":null,"completion":null}`), want: "0.007500",
			source: relay.SourceList},
		{name: "-1", model: "gpt-4o", models: one(`{"prompt":"-1","completion":"-1"}`), source: relay.SourceUnknown},
		{name: "half of it -1", model: "gpt-4o", models: one(`{"prompt":0.000001,"completion":-1}`),
			source: relay.SourceUnknown},
		{name: "a ratio of -1", model: "gpt-4o", pricing: `{"data":[{"model_name":"gpt-4o","model_ratio":-1}]}`,
			source: relay.SourceUnknown},
		{name: "LiteLLM's list with -1", model: "gpt-4o", file: `{"gpt-4o":{"input_cost_per_token":-1,` +
			`"output_cost_per_token":-1}}`, source: relay.SourceUnknown},
		{name: "a word", model: "gpt-4o", models: one(`{"prompt":"dynamic","completion":"dynamic"}`),
			source: relay.SourceUnknown, told: `"gpt-4o" (is not a number)`},
		{name: "dollar signs", models: `{"data":[{"id":"m","pricing":{"prompt":"$0.0000025","completion":"$0.00001"}}]}`,
			want: "0.007500", source: relay.SourceRelay},
		{name: "yuan in the unit", model: "gpt-4o", models: one(`{"prompt":2.5,"completion":10,"unit":"CNY/1M tokens"}`),
			source: relay.SourceUnknown, told: "in CNY"},
		{name: "yuan in the price", model: "gpt-4o", models: one(`{"prompt":"¥2.5","completion":"¥10"}`),
			source: relay.SourceUnknown, told: "in ¥"},
		{name: "cents", model: "gpt-4o", models: one(`{"prompt":250,"completion":1000,"unit":"cents per 1M tokens"}`),
			source: relay.SourceUnknown, told: "in cents"},
		{name: "per thousand, unsaid", models: `{"data":[{"id":"m","pricing":{"prompt":0.0025,"completion":0.01}}]}`,
			source: relay.SourceUnknown, told: "too much for a token and too little for a million"},
		{name: "steps, short", models: one(vercel), model: "gpt-4o", want: "0.006250", source: relay.SourceRelay},
		{name: "steps, long", models: one(vercel), model: "gpt-4o", usage: long, want: "0.765000",
			source: relay.SourceRelay},
		{name: "steps of an unknown kind", models: one(`{"prompt":"0.00000125","completion":"0.00001",` +
			`"bands":[{"from":100000,"prompt":"0.0000025"}]}`), model: "gpt-4o", want: "0.006250",
			source: relay.SourceRelay, estimated: true},
		{name: "a discount", models: one(`{"prompt":"0.00000125","completion":"0.00001","discount":0.5}`),
			model: "gpt-4o", want: "0.006250", source: relay.SourceRelay, estimated: true},
		{name: "LiteLLM with a price of the request", file: `{"m":{"input_cost_per_token":1.25e-6,` +
			`"output_cost_per_token":1e-5,"input_cost_per_request":0.01}}`, want: "0.016250", source: relay.SourceUser},
	}
}

// vercel is a price in steps, as Vercel's gateway states it.
const vercel = `{"input":"0.00000125","output":"0.00001","input_tiers":[{"cost":"0.00000125","min":0,"max":200001},` +
	`{"cost":"0.0000025","min":200001}],"output_tiers":[{"cost":"0.00001","min":0,"max":200001},` +
	`{"cost":"0.000015","min":200001}]}`

func TestAnswersCostWhatRelaysPublish(t *testing.T) {
	for _, c := range slices.Concat(units(), conditions(), unusable()) {
		t.Run(c.name, func(t *testing.T) {
			list, servers := relays(t, sim.Options{Seed: 1})
			if c.usage == (relay.Usage{}) {
				c.usage = short
			}
			if c.models == "" {
				c.models = `{"data":[{"id":"m"}]}`
			}
			servers[0].Publish("/v1/models", func() string { return c.models })
			if c.pricing != "" {
				servers[0].Publish("/api/pricing", func() string { return c.pricing })
			}
			servers[0].Script(sim.Rule{Do: []sim.Edit{sim.Text("Hi"), sim.Counts(c.usage)}})
			opt := engine.Options{Endpoints: list}
			if c.file != "" {
				opt.PriceFile = filepath.Join(t.TempDir(), "prices")
				if err := os.WriteFile(opt.PriceFile, []byte(c.file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, s := start(t, opt)
			got := s.ask(t, relay.Request{Model: cmp.Or(c.model, "m")}).Cost
			if got.Source != c.source || got.Estimated != c.estimated {
				t.Errorf("the cost is %+v", got)
			}
			if amount := got.Amount.String(); got.Known() && amount != c.want || got.Known() == (c.want == "") {
				t.Errorf("it costs %s, not %q", amount, c.want)
			}
			notices := strings.Join(s.notices(), "\n")
			if !strings.Contains(notices, c.told) || c.told == "" && notices != "" {
				t.Errorf("the notices are %q, without %q", notices, c.told)
			}
		})
	}
}
