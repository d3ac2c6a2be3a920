package price

import (
	"testing"

	"relaytop/relay"
)

func TestBatchCost(t *testing.T) {
	b := New()
	e := relay.Endpoint{Name: "home", Kind: "other"}
	in, out := Rate(2_000_000*perPico), Rate(8_000_000*perPico) // 2 and 8 USD per million
	batchIn, batchOut := in/4, out/4
	b.SetUser(Table{Models: map[string]Rates{
		"plain":  {Input: in, Output: out},
		"stated": {Input: in, Output: out, Services: map[string]Rates{"batches": {Input: batchIn, Output: batchOut}}},
	}})
	usage := &relay.Usage{Input: 1_000_000, Output: 500_001, Total: 1_500_001}
	reported := relay.USD
	tests := []struct {
		name, model string
		reply       relay.Reply
		want        relay.Money
		source      relay.Source
		estimated   bool
	}{
		{"half of the list", "plain", relay.Reply{Usage: usage}, 3*relay.USD + 4*relay.USD/1_000_000, relay.SourceUser, true},
		{"as the list states", "stated", relay.Reply{Usage: usage}, 3*relay.USD/2 + 2*relay.USD/1_000_000, relay.SourceUser,
			false},
		{"as it reports", "plain", relay.Reply{Usage: usage, Reported: &reported}, relay.USD, relay.SourceReported, false},
		{"no price", "other-model", relay.Reply{Usage: usage}, 0, relay.SourceUnknown, false},
	}
	for _, tt := range tests {
		c := b.BatchCost(e, tt.model, &tt.reply)
		if c.Amount != tt.want || c.Source != tt.source || c.Estimated != tt.estimated {
			t.Errorf("%s: %s %s %v, want %s %s %v", tt.name, c.Amount, c.Source, c.Estimated, tt.want, tt.source, tt.estimated)
		}
	}
	if c, ok := b.BatchForecast(e)("plain", 1_000_000, 0); !ok || c.Amount != relay.USD || !c.Estimated {
		t.Errorf("forecast %+v, %v", c, ok)
	}
	for m, want := range map[relay.Money]relay.Money{4: 2, 5: 2, 7: 4, 0: 0} {
		if got := half(m); got != want {
			t.Errorf("half of %d: %d, want %d", m, got, want)
		}
	}
}
