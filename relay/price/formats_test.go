package price

import (
	"fmt"
	"strings"
	"testing"

	"relaytop/relay"
)

func TestParsersRefuse(t *testing.T) {
	for name, data := range map[string]string{
		"no rate for yuan": "currency = 'CNY'\n[m]\ninput = 1\noutput = 1", "negative": "[m]\ninput = -1\noutput = 1",
		"half": "[m]\ninput = 1", "a key that we don't know": "[m]\ninput = 1\noutput = 1\noutputs = 3", "not toml": "[m",
		"inf": "[m]\ninput = inf\noutput = 1",
		"hex": "[m]\ninput = 0x10\noutput = 1", "not json": `{"a":`, "no list": `{"error":"no"}`,
	} {
		if got, err := Parse([]byte(data)); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestNewAPIGroups(t *testing.T) {
	for _, c := range []struct {
		name, model, groups, want string
		estimated                 bool
	}{
		{"no groups", `"enable_groups":["vip"]`, `{}`, "2.000000", false},
		{"the default group", `"enable_groups":["default","vip"]`, `{"default":3,"vip":0.5}`, "6.000000", false},
		{"the default group, of all", `"enable_groups":[]`, `{"default":3,"vip":0.5}`, "6.000000", false},
		{"the only group", `"enable_groups":["vip"]`, `{"vip":0.5}`, "1.000000", false},
		{"the only group, none named", `"quota_type":0`, `{"vip":0.5}`, "1.000000", false},
		{"the only group of this model", `"enable_groups":["vip"]`, `{"vip":0.5,"gold":4}`, "1.000000", false},
		{"not for the default group", `"enable_groups":["vip"]`, `{"default":1,"vip":0.5}`, "1.000000", false},
		{"several", `"enable_groups":["vip","gold"]`, `{"vip":0.5,"gold":4,"x":9}`, "8.000000", true},
		{"several that cost the same", `"enable_groups":["vip","gold"]`, `{"vip":0.5,"gold":0.5}`, "1.000000", false},
		{"all of them", `"enable_groups":["all"]`, `{"vip":0.5,"gold":4}`, "8.000000", true},
		{"a group that is not listed", `"enable_groups":["x"]`, `{"vip":0.5,"gold":"junk"}`, "1.000000", true},
	} {
		got,
			err := Parse([]byte(`{"data":[{"model_name":"m","model_ratio":1,` + c.model + `}],"group_ratio":` + c.groups + `}`))
		r := got.Models["m"]
		if err != nil || r.Input.PerMillion().String() != c.want || r.Estimated != c.estimated {
			t.Errorf("%s: %s, estimated %v, want %s %v (%v)", c.name, r.Input.PerMillion(), r.Estimated, c.want,
				c.estimated, err)
		}
	}
}

func TestTheKnownFormatsAreNamed(t *testing.T) {
	for _, data := range []string{`{"error":"no"}`, `{"a":`, `{"data":[{"id":5}]}`} {
		_, err := Parse([]byte(data))
		for _, format := range []string{"TOML", "LiteLLM", "OpenRouter", "new-api"} {
			if err == nil || !strings.Contains(err.Error(), format) {
				t.Errorf("%s: %v does not name %s", data, err, format)
			}
		}
	}
}

func TestUnknownPricesAreLeftOut(t *testing.T) {
	got, err := parseOpenRouter([]byte(`{"data":[{"id":"auto","pricing":{"prompt":"-1","completion":"-1"}},{"id":"bare"},
		{"id":"free","pricing":{"prompt":"0","completion":0}}]}`))
	if err != nil || len(got.Models) != 1 {
		t.Fatalf("%+v %v", got, err)
	}
	if r := got.Models["free"]; r.Input != 0 {
		t.Errorf("%+v", r)
	}
}

// TestTheUnitOfAList: what most of the entries say decides, of two as frequent units the smaller one: a cost is not
// understated.
func TestTheUnitOfAList(t *testing.T) {
	for _, c := range []struct {
		price string   // of a model in the list
		units []string // that the entries state; "": none
		want  string   // for a million tokens
	}{
		{"0.0000025", []string{"", ""}, "2.500000"},
		{"2.5", []string{"", ""}, "2.500000"}, // no price of one token
		{"0.0000025", []string{"token", "token"}, "2.500000"},
		{"0.0025", []string{"1K tokens", "1K tokens"}, "2.500000"},
		{"2.5", []string{"1M", "1M", "token"}, "2.500000"},
		{"0.0000025", []string{"1M", "token"}, "2.500000"},
		{"0.0025", []string{"per million", "per thousand"}, "2.500000"},
	} {
		var list []string
		for i, unit := range c.units {
			list = append(list, fmt.Sprintf(`{"id":"m%d","pricing":{"prompt":%s,"completion":%[2]s,"unit":%q}}`, i, c.price,
				unit))
		}
		got, err := Parse([]byte(`{"data":[` + strings.Join(list, ",") + `]}`))
		if in := got.Models["m0"].Input.PerMillion().String(); err != nil || in != c.want {
			t.Errorf("%s for %q: $%s a million tokens, want $%s (%v)", c.price, c.units, in, c.want, err)
		}
	}
}

func TestLiteLLMTiersAndServices(t *testing.T) {
	got, err := parseLiteLLM([]byte(`{"sample_spec":{"input_cost_per_token":"a number"},
		"g":{"input_cost_per_token":1e-6,"output_cost_per_token":2e-6,"cache_read_input_token_cost":1e-7,
		"input_cost_per_token_above_200k_tokens":3e-6,"output_cost_per_token_above_200k_tokens":4e-6,
		"input_cost_per_token_above_128k_tokens":2e-6,
		"input_cost_per_token_batches":5e-7,"output_cost_per_token_batches":1e-6},
		"q":{"tiered_pricing":[{"range":[0,32000],"input_cost_per_token":1e-6,"output_cost_per_token":1e-6},
		{"range":[32000,1000000],"input_cost_per_token":9e-6,"output_cost_per_token":1e-6}]},
		"image":{"output_cost_per_image":0.02}}`))
	if err != nil || len(got.Models) != 2 {
		t.Fatalf("%+v %v", got, err)
	}
	for _, c := range []struct {
		r     Rates
		input int64
		want  string
	}{{got.Models["g"], 128_000, "0.128000"}, {got.Models["g"], 150_000, "0.300000"},
		{got.Models["g"], 300_000, "0.900000"},
		{got.Models["g"].Services["batches"], 100_000, "0.050000"}, {got.Models["g"], 100_000, "0.100000"},
		{got.Models["q"], 10_000, "0.010000"}, {got.Models["q"], 100_000, "0.900000"}} {
		if m, _, _ := c.r.Amount(relay.Usage{Input: c.input}); m.String() != c.want {
			t.Errorf("%d tokens: %s, want %s", c.input, m, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"[m]\ninput = 1\noutput = 2.5",
		`{"gpt":{"input_cost_per_token":1e-6,"output_cost_per_token":1}}`,
		`{"data":[{"id":"a","pricing":{"prompt":"-1"}}]}`,
		`{"data":[{"model_name":"a","quota_type":1,"model_price":0.1}],"group_ratio":{"default":1}}`,
		`{"data":[{"id":"a","pricing":{"prompt":1,"completion":2,"unit":"1M","overrides":[{"min_prompt_tokens":9}]}}]}`,
		`{"data":[{"model_name":"a","billing_mode":"tiered_expr","billing_expr":"len<9?tier(\"a\",p*3+c):max(p,-c)/2"}]}`,
		`{"q":{"input_cost_per_token":1,"output_cost_per_token":1,"input_cost_per_token_above_9k_tokens_flex":2}}`,
		"a.b = {input = 1e99, output = 1}", `{"q":{"tiered_pricing":[{"range":[1e99]}]}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Parse(data)
		if err != nil {
			return
		}
		for model, r := range got.Models {
			m, _, ok := r.Amount(relay.Usage{Input: 300_000, Cached: 5, Output: 7, Reasoning: 3})
			if ok && m < 0 {
				t.Errorf("%q costs %s", model, m)
			}
		}
	})
}
