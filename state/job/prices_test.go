package job

import (
	"strings"
	"testing"

	"relaytop/relay"
)

// allPriced makes the price of every model known.
func allPriced(c *Config) { c.Priced = func(string) bool { return true } }

// TestABudgetNeedsPrices: a run with a budget and a model without a price sends no row, unless the user allows it.
func TestABudgetNeedsPrices(t *testing.T) {
	const ask = `"messages":[{"role":"user","content":"hi"}]`
	const two = `{"body":{` + ask + `}}` + "\n" + `{"body":{"model":"dear",` + ask + `}}`
	for _, c := range []struct {
		name     string
		priced   string // models with a price
		options  Options
		says     string // the reason; "": it runs
		unpriced string
	}{
		{name: "no budget"},
		{name: "all have a price", priced: "mine dear", options: Options{Budget: relay.USD}},
		{name: "one has none", priced: "mine", options: Options{Budget: relay.USD}, says: `the price of dear is not known`},
		{name: "none has one", options: Options{Budget: relay.USD}, says: "1 more model without a price"},
		{name: "a fallback has none", priced: "mine dear", options: Options{Budget: relay.USD,
			Fallback: []string{"other"}}, says: "the price of other is not known"},
		{name: "allowed", options: Options{Budget: relay.USD, BudgetUnknown: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			f := newFake(func(int, relay.Request) *relay.Result {
				r := ok("fine")
				r.Cost = relay.Cost{Source: relay.SourceUnknown}
				return r
			})
			b := open(t, dir, f, func(cfg *Config) {
				cfg.Model = "mine"
				cfg.Priced = func(model string) bool { return strings.Contains(" "+c.priced+" ", " "+model+" ") }
			})
			c.options.Input = file(t, dir, "in.jsonl", two)
			h := wait(t, b, start(t, b, c.options))
			if c.says == "" {
				if h.State != Finished || h.OK != 2 || h.Unknown != 2 || h.Budget != c.options.Budget {
					t.Errorf("%+v", h)
				}
				return
			}
			if h.State != Broken || h.Stopped != StopInput || f.count() != 0 || !strings.Contains(h.Reason, c.says) ||
				!strings.Contains(h.Reason, "--budget-unknown allow") || !strings.Contains(h.Reason, "price_file") {
				t.Errorf("%s by %q, %d sent: %s", h.State, h.Stopped, f.count(), h.Reason)
			}
		})
	}
}
