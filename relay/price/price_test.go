package price

import (
	"math/big"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"relaytop/relay"
)

func perMillion(t *testing.T, s string) Rate {
	t.Helper()
	r, err := ParseRate(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCheckedCases(t *testing.T) {
	table := func(data string) Rates {
		t.Helper()
		got, err := Parse([]byte(data))
		if err != nil {
			t.Fatal(err)
		}
		return got.Models["gpt-4o"]
	}
	u := relay.Usage{Input: 1000, Output: 500}
	for _, c := range []struct{ name, data, want string }{
		{"toml", "['gpt-4o']\ninput = 2.5\noutput = 10", "0.007500"},
		{"toml bare key", "[gpt-4o]\ninput = 2_500e-3\noutput = 10", "0.007500"},
		{"toml inline", "gpt-4o = {input = 2.5, output = \"10\"}", "0.007500"},
		{"toml in yuan", "currency = 'CNY'\nusd = 0.2\n[gpt-4o]\ninput = 12.5\noutput = 50", "0.007500"},
		{"litellm", `{"gpt-4o": {"input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05}}`, "0.007500"},
		{"openrouter", `{"data":[{"id":"gpt-4o","pricing":{"prompt":"0.0000025","completion":"0.00001"}}]}`, "0.007500"},
		{"a relay with ratio 2.5 and completion ratio 4",
			`{"data":[{"model_name":"gpt-4o","quota_type":0,"model_ratio":2.5,"completion_ratio":4}]}`, "0.015000"},
		{"a group", `{"data":[{"model_name":"gpt-4o","model_ratio":2.5,"completion_ratio":4}],` +
			`"group_ratio":{"default":0.5}}`, "0.007500"},
		{"openrouter by the call", `{"data":[{"id":"gpt-4o","pricing":{"prompt":"0","completion":"0","request":"0.05"}}]}`,
			"0.050000"},
		{"openrouter by the call alone", `{"data":[{"id":"gpt-4o","pricing":{"request":"0.05"}}]}`, "0.050000"},
		{"toml by the call", "[gpt-4o]\ncall = 0.05", "0.050000"},
		{"by the call", `{"data":[{"model_name":"gpt-4o","quota_type":1,"model_price":0.02}],"group_ratio":{"default":1.5}}`,
			"0.030000"},
	} {
		if got, est, ok := table(c.data).Amount(u); !ok || est || got.String() != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAmountCountsEachTokenOnce(t *testing.T) {
	scale := func(r Rate) *Rate { r *= perPico; return &r }
	full := Rates{Input: *scale(10), Output: *scale(1000), Cached: scale(1), Write: scale(100), Reasoning: scale(10_000)}
	bare := Rates{Input: *scale(10), Output: *scale(1000)}
	for _, c := range []struct {
		name string
		r    Rates
		u    relay.Usage
		want relay.Money
		est  bool
	}{
		{"cached is part of input", full, relay.Usage{Input: 10, Cached: 4, CacheWrite: 1}, 5*10 + 4*1 + 1*100, false},
		{"reasoning is part of output", full, relay.Usage{Output: 10, Reasoning: 4}, 6*1000 + 4*10_000, false},
		{"reasoning without a rate of its own", bare, relay.Usage{Output: 10, Reasoning: 4}, 10 * 1000, false},
		{"cached without a rate is an estimate", bare, relay.Usage{Input: 10, Cached: 4}, 10 * 10, true},
		{"a cache write without a rate costs as input", bare, relay.Usage{Input: 10, CacheWrite: 4}, 10 * 10, false},
		{"cached at a price by the call", Rates{Call: 7}, relay.Usage{Input: 10, Cached: 4}, 7, false},
		{"one of several prices", Rates{Input: *scale(10), Estimated: true}, relay.Usage{Input: 10}, 10 * 10, true},
		{"more cached than there is", full, relay.Usage{Input: 3, Cached: 9}, 3, false},
		{"negative counts", full, relay.Usage{Input: -3, Output: -1}, 0, false},
		{"tier not reached", tiered(bare), relay.Usage{Input: 100}, 1000, false},
		{"all of it at the highest tier", tiered(bare), relay.Usage{Input: 301, Output: 1}, 301*50 + 1000, false},
	} {
		got, est, ok := c.r.Amount(c.u)
		if !ok || got != c.want || est != c.est {
			t.Errorf("%s: %d %v, want %d %v", c.name, got, est, c.want, c.est)
		}
	}
	if _, _, ok := full.Amount(relay.Usage{Output: 1 << 62}); ok {
		t.Error("an amount beyond the range is given")
	}
}

func tiered(r Rates) Rates {
	low, high := r, r
	low.Input, high.Input = r.Input*2, r.Input*5
	r.Tiers = []Tier{{Above: 100, Rates: low}, {Above: 300, Rates: high}}
	return r
}

func TestAmountIsExact(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		in, out := Rate(rnd.Int64N(perDollar/1000)), Rate(rnd.Int64N(perDollar/1000))
		u := relay.Usage{Input: rnd.Int64N(2_000_000), Output: rnd.Int64N(200_000)}
		got, _, ok := Rates{Input: in, Output: out}.Amount(u)
		exact := new(big.Rat).SetFrac(new(big.Int).Add(new(big.Int).Mul(big.NewInt(int64(in)), big.NewInt(u.Input)),
			new(big.Int).Mul(big.NewInt(int64(out)), big.NewInt(u.Output))), big.NewInt(perDollar))
		want, err := relay.MoneyOf(exact)
		if !ok || err != nil || got != want {
			t.Fatalf("%d + %d tokens: %s, want %s", u.Input, u.Output, got, want)
		}
	}
}

// TestAMillionAmountsAddUpExactly: prices of whole cents for a million tokens make whole picodollars, so nothing is
// rounded and the sum is that of exact fractions.
func TestAMillionAmountsAddUpExactly(t *testing.T) {
	const cent = perDollar / 100 / million // for a million tokens, in attodollars a token
	r := rand.New(rand.NewPCG(3, 4))
	var sum relay.Money
	exact, some, units := new(big.Rat), new(big.Rat), int64(0)
	for i := range 1_000_000 {
		in, out := 1+r.Int64N(2_000), 1+r.Int64N(8_000) // cents
		u := relay.Usage{Input: r.Int64N(200_000), Output: r.Int64N(20_000)}
		m, _, ok := Rates{Input: Rate(in * cent), Output: Rate(out * cent)}.Amount(u)
		if !ok {
			t.Fatalf("%+v has no amount", u)
		}
		sum += m
		if units += in*u.Input + out*u.Output; i%1000 == 999 { // a fraction a thousand: the units of that many fit
			exact.Add(exact, some.SetFrac64(units, 100*million))
			units = 0
		}
	}
	if got := new(big.Rat).SetFrac64(int64(sum), int64(relay.USD)); got.Cmp(exact) != 0 {
		t.Errorf("they add up to %s, not %s", got.FloatString(18), exact.FloatString(18))
	}
}

// Rates finer than a picodollar a token: the parts are added first and rounded once, half to even, by integers that
// hold them exactly.
func TestAnAmountIsRoundedOnceHalfToEven(t *testing.T) {
	const pico = perDollar / int64(relay.USD) // attodollars
	r := rand.New(rand.NewPCG(5, 6))
	ties, off := 0, 0
	for i := range 100_000 {
		in, out := r.Int64N(20_000_000_000_000), r.Int64N(80_000_000_000_000) // up to $20 and $80 a million tokens
		u := relay.Usage{Input: r.Int64N(200_000), Output: r.Int64N(20_000)}
		if i%4 == 0 { // often a tie
			in, out = in/(pico/2)*(pico/2), out/pico*pico
		}
		atto := in*u.Input + out*u.Output
		want, rest := atto/pico, atto%pico
		if rest > pico/2 || rest == pico/2 && want%2 == 1 {
			want++
		}
		if rest == pico/2 {
			ties++
		} else if rest != 0 {
			off++
		}
		if m, _, ok := (Rates{Input: Rate(in), Output: Rate(out)}).Amount(u); !ok || int64(m) != want {
			t.Fatalf("%d and %d attodollars for %+v: %d picodollars, not %d", in, out, u, m, want)
		}
	}
	if ties < 1_000 || off < 50_000 {
		t.Errorf("only %d ties and %d others to round", ties, off)
	}
}

func TestOrderOfTrust(t *testing.T) {
	b := New()
	money := func(m relay.Money) *relay.Money { return &m }
	u := &relay.Usage{Input: 1_000_000}
	user := Table{AsOf: "today",
		Models: map[string]Rates{"gpt-4o": {Input: perMillion(t, "7")}, "b/gpt-4o": {Input: perMillion(t, "6")}}}
	live := Table{Models: map[string]Rates{"gpt-4o": {Input: perMillion(t, "5")}}}
	other := relay.Endpoint{Name: "a"}
	sheep := relay.Endpoint{Name: "hs", Kind: "holysheep", BaseURL: "http://127.0.0.1"}
	check := func(name string, e relay.Endpoint, model string, r relay.Reply, source relay.Source, want relay.Money) {
		t.Helper()
		if c := b.Cost(e, model, &r); c.Source != source || c.Amount != want {
			t.Errorf("%s: %s %s, want %s %s", name, c.Amount, c.Source, want, source)
		}
	}
	check("list", other, "gpt-4o", relay.Reply{Usage: u}, relay.SourceList, 5*relay.USD/2)
	check("unknown", other, "no-such", relay.Reply{Usage: u}, relay.SourceUnknown, 0)
	check("no usage", other, "gpt-4o", relay.Reply{}, relay.SourceUnknown, 0)
	check("the model that answered", other, "alias", relay.Reply{Usage: u, Model: "gpt-4o"}, relay.SourceList,
		5*relay.USD/2)
	check("built in", sheep, "gpt-4.1", relay.Reply{Usage: u}, relay.SourceRelay, 8*relay.USD)
	check("its host", relay.Endpoint{BaseURL: "https://api.holysheep.ai/v1"}, "deepseek-v3.2", relay.Reply{Usage: u},
		relay.SourceRelay, relay.USD*42/100)
	check("a host that only looks like it", relay.Endpoint{BaseURL: "https://notholysheep.ai/v1"}, "deepseek-v3.2",
		relay.Reply{Usage: u}, relay.SourceUnknown, 0)
	check("estimated", sheep, "gpt-4.1", relay.Reply{Usage: &relay.Usage{Input: 1_000_000, Estimated: true}},
		relay.SourceEstimated, 8*relay.USD)
	b.SetRelay("a", live)
	check("live", other, "gpt-4o", relay.Reply{Usage: u}, relay.SourceRelay, 5*relay.USD)
	check("live, before the list of another endpoint", relay.Endpoint{Name: "b"}, "gpt-4o", relay.Reply{Usage: u},
		relay.SourceList, 5*relay.USD/2)
	b.SetRelay("hs", Table{Models: map[string]Rates{"gpt-4.1": {Input: perMillion(t, "9")}}})
	check("live, before what is built in", sheep, "gpt-4.1", relay.Reply{Usage: u}, relay.SourceRelay, 9*relay.USD)
	check("built in, before the vendor's list", sheep, "gpt-4.1-mini", relay.Reply{Usage: u}, relay.SourceRelay,
		2*relay.USD)
	check("the vendor's list, where nothing is built in", sheep, "gpt-4o", relay.Reply{Usage: u}, relay.SourceList,
		5*relay.USD/2)
	user.Models["gpt-4.1"] = Rates{Input: perMillion(t, "10")}
	b.SetUser(user)
	check("user, before live and built in", sheep, "gpt-4.1", relay.Reply{Usage: u}, relay.SourceUser, 10*relay.USD)
	check("user", other, "gpt-4o", relay.Reply{Usage: u}, relay.SourceUser, 7*relay.USD)
	check("user, this endpoint", relay.Endpoint{Name: "b"}, "gpt-4o", relay.Reply{Usage: u}, relay.SourceUser, 6*relay.USD)
	check("header", other, "gpt-4o", relay.Reply{Usage: u, Header: money(3)}, relay.SourceHeader, 3)
	check("reported", other, "gpt-4o", relay.Reply{Usage: u, Header: money(3), Reported: money(2)},
		relay.SourceReported, 2)
	check("reported junk", other, "gpt-4o", relay.Reply{Usage: u, Reported: money(-2)}, relay.SourceUser, 7*relay.USD)
	sim := relay.Endpoint{Name: "sim", Kind: "sim"}
	check("demo, before the user's list", sim, "gpt-4o", relay.Reply{Usage: u}, relay.SourceUnknown, 0)
	check("demo", sim, "gpt-4.1", relay.Reply{Usage: u}, relay.SourceSim, 8*relay.USD)
	check("demo, reported", sim, "gpt-4.1", relay.Reply{Usage: u, Reported: money(4)}, relay.SourceSim, 4)
	check("demo, unknown", sim, "no-such", relay.Reply{Usage: u}, relay.SourceUnknown, 0)
}

// TestTypicalCountsTheCall: a price by the call is not free when the cheapest endpoint is chosen.
func TestTypicalCountsTheCall(t *testing.T) {
	b := New()
	b.SetRelay("tokens", Table{Models: map[string]Rates{"m": {Input: perMillion(t, "2.5"), Output: perMillion(t, "10")}}})
	b.SetRelay("calls", Table{Models: map[string]Rates{"m": {Call: relay.USD / 20}}})
	b.SetRelay("both",
		Table{Models: map[string]Rates{"m": {Input: perMillion(t, "2.5"), Output: perMillion(t, "10"),
			Call: relay.USD / 100}}})
	for name, want := range map[string]string{"tokens": "0.007500", "calls": "0.050000", "both": "0.017500"} {
		if got, ok := b.Typical(relay.Endpoint{Name: name}, "m"); !ok || got.String() != want {
			t.Errorf("%s: %s %v, want %s", name, got, ok, want)
		}
	}
	if got, ok := b.Typical(relay.Endpoint{Name: "nobody"}, "m"); ok {
		t.Errorf("an unknown price is %s", got)
	}
}

// TestSimulatedMoneyIsNotSaved: the demo's amounts are not compared with a list.
func TestSimulatedMoneyIsNotSaved(t *testing.T) {
	u := &relay.Usage{Input: 1_000_000}
	c := New().Cost(relay.Endpoint{Name: "sim", Kind: "sim"}, "gpt-4.1", &relay.Reply{Usage: u})
	if saved, ok := c.Saved(); ok || c.ListKnown || !c.Known() {
		t.Errorf("saved %s of %+v", saved, c)
	}
	c.List, c.ListKnown = 2*relay.USD, true // an amount from a record
	if saved, ok := c.Saved(); ok {
		t.Errorf("saved %s of %+v", saved, c)
	}
}

func TestSavedMayBeNegative(t *testing.T) {
	c := New().Cost(relay.Endpoint{Kind: "holysheep"}, "gpt-4.1", &relay.Reply{Usage: &relay.Usage{Input: 1_000_000}})
	if saved, ok := c.Saved(); !ok || saved != -6*relay.USD {
		t.Errorf("saved %s %v of %+v", saved, ok, c)
	}
}

func TestListIsTheVendorsOwn(t *testing.T) {
	b := New()
	for model, want := range map[string]string{"gpt-4.1": "2.000000", "gpt-4.1-mini": "0.400000",
		"openai/gpt-4o":     "2.500000",
		"claude-sonnet-4.5": "3.000000", "claude-sonnet-4-5-20250929": "3.000000", "gemini-2.5-flash": "0.300000",
		"gpt-4o-2024-08-06": "2.500000"} {
		r, asOf, ok := b.List(model)
		if !ok || r.Input.PerMillion().String() != want || asOf != snapshotDate {
			t.Errorf("%s: %s %v %s, want %s", model, r.Input.PerMillion(), ok, asOf, want)
		}
		if r.Cached != nil && *r.Cached >= r.Input {
			t.Errorf("%s: reading the cache costs %s", model, r.Cached.PerMillion())
		}
	}
	for id, l := range b.list().models {
		if l.priced && (l.rates.Input <= 0 || l.rates.Output <= 0) {
			t.Errorf("%s is listed at nothing", id)
		}
	}
	if _, _, ok := b.List("deepseek-v3.2"); ok {
		t.Error("a price of a reseller is taken for the vendor's")
	}
	if w, ok := b.ContextWindow("gpt-4o"); !ok || w != 128000 {
		t.Errorf("window %d %v", w, ok)
	}
}

func TestSnapshotDateGoesWithItsVersion(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(mod), "charm.land/catwalk "+snapshotVersion+"\n") {
		t.Error("go.mod has another catwalk: look up the date of that release")
	}
}

func BenchmarkSnapshot(b *testing.B) {
	for b.Loop() {
		if len(newSnapshot().models) == 0 {
			b.Fatal("empty")
		}
	}
}

func TestRateTexts(t *testing.T) {
	for s, want := range map[string]Rate{"8.00": 8 * perDollar / million, "0.42": 42 * perDollar / million / 100,
		"1e-12": 1, "1.5e-12": 2, "2.5e-12": 2} {
		if got := perMillion(t, s); got != want {
			t.Errorf("%s: %d, want %d", s, got, want)
		}
	}
	for _, s := range []string{"", "-1", "1/3", "0x1", "1_0", "e5", "1e999", "NaN", strings.Repeat("9", 65), "1e60"} {
		if r, err := ParseRate(s); err == nil {
			t.Errorf("%q is %d", s, r)
		}
	}
}
