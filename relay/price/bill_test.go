package price

import (
	"slices"
	"testing"

	"relaytop/relay"
)

// TestBillSaysHowAnAmountWasFound: the lines sum up to the amount, and the sources asked before are listed in order.
func TestBillSaysHowAnAmountWasFound(t *testing.T) {
	usage := &relay.Usage{Input: 1204, Cached: 896, Output: 197, Reasoning: 40, Total: 1401}
	holy, demo := relay.Endpoint{Name: "h", Kind: "holysheep"}, relay.Endpoint{Name: "s", Kind: "sim"}
	other := relay.Endpoint{Name: "o", BaseURL: "https://relay.example/v1"}
	money := relay.Money(7)
	for _, c := range []struct {
		name    string
		e       relay.Endpoint
		model   string
		reply   relay.Reply
		from    string
		tried   []string
		lines   int
		assumed bool
	}{
		{"built in", holy, "deepseek-v3.2", relay.Reply{Usage: usage}, fromBuiltIn,
			[]string{fromAnswer, fromHeader, fromUser, fromRelay}, 4, false},
		{"reported", holy, "deepseek-v3.2", relay.Reply{Usage: usage, Reported: &money}, fromAnswer, nil, 0, false},
		{"header", other, "x", relay.Reply{Usage: usage, Header: &money}, "header x-litellm-response-cost",
			[]string{fromAnswer}, 0, false},
		{"unknown", other, "nobody-knows-it", relay.Reply{Usage: usage}, "",
			[]string{fromAnswer, fromHeader, fromUser, fromRelay, fromVendor}, 0, false},
		{"simulated", demo, "deepseek-v3.2", relay.Reply{Usage: usage}, fromSim, []string{fromAnswer, fromHeader}, 4, false},
		{"not simulated", demo, "nobody-knows-it", relay.Reply{Usage: usage}, "",
			[]string{fromAnswer, fromHeader, fromSim}, 0, false},
		{"own file", other, "mine", relay.Reply{Usage: usage}, fromUser, []string{fromAnswer, fromHeader}, 4, true},
		{"answered by another name", other, "alias", relay.Reply{Usage: usage, Model: "mine"}, fromUser,
			[]string{fromAnswer, fromHeader}, 4, true},
		{"no usage", holy, "deepseek-v3.2", relay.Reply{}, fromBuiltIn,
			[]string{fromAnswer, fromHeader, fromUser, fromRelay}, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := New()
			b.SetUser(Table{AsOf: "2026-03-01", Models: map[string]Rates{"mine": {Input: 420_000_000_000, Output: 1_333_333}}})
			got := b.Cost(c.e, c.model, &c.reply)
			bill := got.Bill
			if bill == nil || bill.From != c.from || !slices.Equal(bill.Tried, c.tried) || len(bill.Lines) != c.lines {
				t.Fatalf("bill %+v", bill)
			}
			var sum relay.Money
			assumed := false
			for _, l := range bill.Lines {
				sum += l.Amount
				assumed = assumed || l.Assumed
			}
			if d := sum - got.Amount; c.lines > 0 && (d < -5 || d > 5) || assumed != c.assumed {
				t.Errorf("the lines sum up to %d, the amount is %d; assumed %v", sum, got.Amount, assumed)
			}
		})
	}
}
