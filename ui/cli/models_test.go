package cli

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"relaytop/relay"
)

// TestPriceByTheCall: a price for each call is never shown as a token price of zero.
func TestPriceByTheCall(t *testing.T) {
	money := func(m relay.Money) *relay.Money { return &m }
	for name, c := range map[string]struct {
		offer                relay.Offer
		amounts, row, picker string
	}{
		"tokens": {
			relay.Offer{Input: money(2 * relay.USD), Output: money(8 * relay.USD)},
			`"input":"2.000000","output":"8.000000","cached":null,"per_call":null`,
			"2.000000 8.000000 relay", "$2.00 / $8.00",
		},
		"a call": {
			relay.Offer{Call: money(relay.USD / 20)},
			`"input":null,"output":null,"cached":null,"per_call":"0.050000"`,
			"$0.05 a call - relay", "$0.05 a call",
		},
		"both": {
			relay.Offer{Input: money(2 * relay.USD), Output: money(2 * relay.USD), Call: money(relay.USD / 1000)},
			`"input":"2.000000","output":"2.000000","cached":null,"per_call":"0.001000"`,
			"2.000000 2.000000 + $0.0010 a call relay", "$2.00 / $2.00 + $0.0010 a call",
		},
		"neither": {
			relay.Offer{},
			`"input":null,"output":null,"cached":null,"per_call":null`,
			"unknown unknown relay", "",
		},
	} {
		want := "{" + c.amounts + `,"unit":"usd_per_mtok","source":"relay","as_of":null}`
		c.offer.ID, c.offer.Endpoint, c.offer.Source = "m", "e", relay.SourceRelay
		if got, err := json.Marshal(modelObjects([]relay.Offer{c.offer})[0].Price); err != nil || string(got) != want {
			t.Errorf("%s: %s %v", name, got, err)
		}
		table := written(t, func(cmd *console) error { return printModels(cmd.stdout(), []relay.Offer{c.offer}) })
		if !strings.Contains(strings.Join(strings.Fields(table), " "), "m e unknown "+c.row) {
			t.Errorf("%s:\n%s", name, table)
		}
		if got := priceText(c.offer); got != c.picker {
			t.Errorf("%s: the picker shows %q", name, got)
		}
	}
}

func TestUnlisted(t *testing.T) {
	for want, err := range map[string]error{
		"r does not list its models (404): name one": errors.New("r does not list its models (404): name one"),
		"the relay did not list its models: auth (401): no such key": &relay.Error{
			Class: relay.ClassAuth, Status: 401, Message: "no such key",
		},
	} {
		if _, got := noModels(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
