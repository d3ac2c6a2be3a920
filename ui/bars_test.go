package ui

import (
	"testing"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/ui/widget"
)

func TestSpend(t *testing.T) {
	const micro = relay.USD / 1_000_000
	for _, c := range []struct {
		session meter.Figures
		want    widget.Spend
	}{
		{meter.Figures{}, widget.Spend{Settled: "$0.00", Short: "$0.00"}},
		{meter.Figures{Cost: 3_800 * micro, Pending: 12_300 * micro},
			widget.Spend{Settled: "$0.003800", Short: "<$0.01", Pending: "~$0.0123"}},
		{meter.Figures{Cost: 3_800 * micro, Estimated: true}, widget.Spend{Settled: "~$0.003800", Short: "<$0.01"}},
		{meter.Figures{Cost: 10_000 * micro}, widget.Spend{Settled: "$0.0100", Short: "$0.01"}},
		{meter.Figures{Cost: 579_900 * micro, Estimated: true}, widget.Spend{Settled: "~$0.5799", Short: "~$0.57"}},
		{meter.Figures{Cost: 12_340_000 * micro}, widget.Spend{Settled: "$12.34", Short: "$12.34"}},
		{meter.Figures{Unknown: 3}, widget.Spend{Unpriced: 3}},
	} {
		c.want.PerMinute = "$0.0480"
		if got := spend(&c.session, &meter.Figures{PerMinute: 48_000 * micro}); got != c.want {
			t.Errorf("%+v is %+v, want %+v", c.session, got, c.want)
		}
	}
}
