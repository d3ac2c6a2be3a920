package cli

import (
	"encoding/json"
	"testing"

	"relaytop/relay"
)

func TestCostObject(t *testing.T) {
	for name, c := range map[string]struct {
		cost relay.Cost
		want string
	}{
		"known":                  {relay.Cost{Amount: relay.USD, Source: relay.SourceUser}, `{"usd":"1.000000","source":"user"}`},
		"estimated by a list":    {relay.Cost{Amount: relay.USD, Source: relay.SourceUser, Estimated: true}, `{"usd":"1.000000","source":"estimated"}`},
		"simulated, estimated":   {relay.Cost{Amount: relay.USD, Source: relay.SourceSim, Estimated: true}, `{"usd":"1.000000","source":"sim"}`},
		"unknown":                {relay.Cost{Source: relay.SourceUnknown}, `{"usd":null,"source":"unknown"}`},
		"unknown but for a part": {relay.Cost{Source: relay.SourceUnknown, Part: relay.USD / 2}, `{"usd":null,"source":"unknown","known_usd":"0.500000"}`},
	} {
		if got, err := json.Marshal(chatOf(&relay.Result{Cost: c.cost}).Cost); err != nil || string(got) != c.want {
			t.Errorf("%s: %s %v, want %s", name, got, err, c.want)
		}
	}
}
