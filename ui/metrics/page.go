package metrics

import (
	"time"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/meter"
	"relaytop/ui/style"
)

// page is what the pane is drawn from: the figures of a window, the breakers and limits, the look and the size.
type page struct {
	st       *style.Styles
	w, h     int
	window   meter.Window
	pair     pair
	view     *meter.View
	breakers []state.Breaker
	allowed  []relay.Allowance
	now      time.Time
}

func (m *Model) page() *page {
	return &page{
		st: m.env.Styles, w: m.w, h: m.h, window: m.window, pair: m.pair,
		view: &m.view, breakers: m.breakers, allowed: m.allowed, now: m.now,
	}
}
