package metrics

import (
	"fmt"
	"testing"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

// many is busy with a hundred models and eight endpoints.
func many(w meter.Window, columns int) meter.View {
	v := busy(w, columns)
	for i := range 95 {
		v.Models = append(v.Models, line(fmt.Sprintf("vendor/model-%d", i), int64(95-i), int64(i%3), 300, 2000, 50, 117, -1))
	}
	for i := range 5 {
		v.Endpoints = append(v.Endpoints, line(fmt.Sprintf("lab-%d", i), 5, 0, 300, 2000, 50, 117, -1))
	}
	v.Lanes = []meter.Row{line("batch", 2000, 20, 300, 2000, 50, 260_000, -1), line("chat", 9, 0, 300, 2000, 50, 1000, -1)}
	return v
}

// BenchmarkFrame draws the whole pane from new figures, as four times a second while requests end.
func BenchmarkFrame(b *testing.B) {
	limits := []relay.Allowance{{Endpoint: "holysheep", InFlight: 7, AtOnce: 52, Most: 52, Requests: 252,
		RequestsMax: 500, Tokens: 65_100, TokensMax: 100_000}, {Endpoint: "backup-eu", AtOnce: 6, Most: 52}}
	for _, size := range [][2]int{{78, 20}, {156, 41}, {296, 76}} {
		for w := meter.TenSeconds; w <= meter.Run; w++ {
			b.Run(fmt.Sprintf("%dx%d/%s", size[0], size[1], w), func(b *testing.B) {
				m := limited(look(b, "dark", style.Options{}), many, size[0], size[1], limits, troubled()...)
				for m.window != w {
					press(m, map[bool]string{true: "]", false: "["}[m.window < w])
				}
				m.Update(uitest.Key("h"))
				b.ReportAllocs()
				for b.Loop() {
					m.drawn.stale = true
					m.View()
				}
			})
		}
	}
}
