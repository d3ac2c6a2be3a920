package metrics

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/meter"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

// sizes are what the pane gets inside the screens 80x24, 120x36 and 160x45, and zoomed in the last two.
var sizes = [...][2]int{{78, 20}, {53, 16}, {72, 21}, {116, 32}, {156, 41}}

func troubled() []state.Breaker {
	return []state.Breaker{
		{Endpoint: "lab-vllm", Model: "qwen", State: relay.BreakerOpen, Until: start.Add(14 * time.Second)},
		{Endpoint: "backup-eu", Model: "gpt-4.1", State: relay.BreakerHalfOpen},
	}
}

func noticed() state.Health {
	return state.Health{
		Quirks: []state.Quirk{
			{At: start.Add(-time.Minute), Endpoint: "backup-eu", Reason: "finish_reason on every chunk: waits for [DONE]"},
			{At: start.Add(-time.Hour), Endpoint: "holysheep", Model: "o3", Reason: "max_tokens refused"}},
		Failed: state.Failure{At: start.Add(-38 * time.Second), Endpoint: "backup-eu", Class: relay.ClassOverloaded,
			Status: 503},
	}
}

func TestScreens(t *testing.T) {
	env := look(t, "dark", style.Options{})
	for _, s := range sizes {
		name := fmt.Sprintf("-%dx%d", s[0], s[1])
		uitest.Golden(t, "empty"+name, show(env, empty, s[0], s[1]).View())
		uitest.Golden(t, "busy"+name, show(env, busy, s[0], s[1], troubled()...).View())
		uitest.Golden(t, "young"+name, show(env, young, s[0], s[1]).View())
		uitest.Golden(t, "failing"+name, show(env, failing, s[0], s[1]).View())
	}
	slowed := []relay.Allowance{{Endpoint: "holysheep", InFlight: 7, AtOnce: 52, Most: 52, Requests: 252,
		RequestsMax: 500, Tokens: 65_100, TokensMax: 100_000},
		{Endpoint: "backup-eu", InFlight: 3, AtOnce: 6, Most: 52, Requests: 12, RequestsMax: 500,
			Held: start.Add(12 * time.Second)}, {Endpoint: "lab-vllm", Most: 4, AtOnce: 4}}
	for _, s := range sizes {
		uitest.Golden(t, fmt.Sprintf("limits-%dx%d", s[0], s[1]), limited(env, busy, s[0], s[1], slowed).View())
	}
	m := show(env, busy, 78, 20)
	m.Update(uitest.Key("e"))
	uitest.Golden(t, "more-78x20", m.View())
	for _, s := range [][2]int{{296, 76}, {58, 11}} {
		name := fmt.Sprintf("-%dx%d", s[0], s[1])
		uitest.Golden(t, "empty"+name, show(env, empty, s[0], s[1]).View())
		m := limited(env, busy, s[0], s[1], slowed, troubled()...)
		m.Refresh(&state.Snapshot{At: start, Meter: 2, Breakers: troubled(), Limits: slowed, Health: noticed()})
		uitest.Golden(t, "busy"+name, m.View())
	}
}

func TestLooks(t *testing.T) {
	dark := show(look(t, "dark", style.Options{}), busy, 156, 41, troubled()...).View()
	light := show(look(t, "light", style.Options{}), busy, 156, 41, troubled()...).View()
	if ansi.Strip(dark) != ansi.Strip(light) || dark == light {
		t.Error("the light theme differs in more, or less, than colours")
	}
	mono := show(look(t, "mono", style.Options{}), busy, 156, 41, troubled()...).View()
	uitest.Golden(t, "mono-156x41", mono)
	if strings.Contains(mono, ";38;") || strings.Contains(mono, ";48;") {
		t.Error("the mono theme has colours")
	}
	plain := show(look(t, "dark", style.Options{ASCII: true}), busy, 156, 41, troubled()...).View()
	uitest.Golden(t, "ascii-156x41", plain)
	for _, r := range ansi.Strip(plain) {
		if r > '~' && r != '␛' { // text that is not ours
			t.Errorf("%q is not ASCII", r)
		}
	}
}

func TestEverySizeIsFilledExactly(t *testing.T) {
	env := look(t, "dark", style.Options{})
	for w := 20; w <= 300; w += 28 {
		for h := 3; h <= 80; h += 8 {
			for name, view := range map[string]func(meter.Window, int) meter.View{"empty": empty, "busy": busy, "young": young,
				"failing": failing, "extreme": extreme} {
				m := show(env, view, w, h, troubled()...)
				for range 3 { // the first page, with a cursor, the second page
					lines := strings.Split(m.View(), "\n")
					if len(lines) != h {
						t.Fatalf("%s at %dx%d has %d lines", name, w, h, len(lines))
					}
					for i, l := range lines {
						if got := ansi.StringWidth(l); got != w || strings.ContainsAny(l, "\x07\u202e") {
							t.Fatalf("%s at %dx%d: line %d is %d wide: %q", name, w, h, i, got, l)
						}
					}
					press(m, "H", "e")
				}
			}
		}
	}
}
