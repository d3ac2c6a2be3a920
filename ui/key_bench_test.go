//go:build linux

package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/state"
)

// mixed is the n-th answer, with everything that takes long to draw: code, a table and a list. They all differ.
func mixed(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## Part %d\n\nA limit per *request* is not enough: %d workers with **3 attempts** each are ", n, n)
	fmt.Fprintf(&b, "still `%d calls` at the worst moment, and the relay sees all of them.\n\n```go\n", 3*n)
	for i := range 12 {
		fmt.Fprintf(&b, "\tif n := len(parts[%d]); n > 0 && limit < n { ", i)
		fmt.Fprintf(&b, "return fmt.Errorf(\"part %%d of %d\", n) } // as before\n", n)
	}
	b.WriteString("```\n\n| model | TTFT | cost |\n|---|---:|---:|\n")
	for i := range 6 {
		fmt.Fprintf(&b, "| model-%d-%d | %d ms | $0.%03d |\n", n, i, 200+i, n%1000)
	}
	for i := range 5 {
		fmt.Fprintf(&b, "\n- a retry of kind %d **spends** %d, and fails fast when `none` of them is left for anybody", i, n)
	}
	return b.String() + "\n"
}

// BenchmarkKeyAfterOpen opens a chat of 2,000 messages and types at once: how long a key takes until the screen
// after it is composed. The first keys find a transcript whose lines are not counted yet.
func BenchmarkKeyAfterOpen(b *testing.B) {
	defer settle(b, goleak.IgnoreCurrent())
	const keys = 60
	s := &scene{b: b, engine: &silentEngine{}}
	o := state.Options{Engine: s.engine, Demo: true, Relay: "sim", Model: "gpt-4.1", Params: relay.DefaultParams()}
	s.store = state.New(o)
	defer func() { _ = s.store.Close(context.Background()) }()
	chat := s.store.Library().New()
	for i := range 1000 {
		s.turn(chat, fmt.Sprint("question ", i), mixed(i))
	}
	var opened, took []time.Duration
	for b.Loop() {
		ctx, cancel := context.WithCancel(context.Background())
		m, err := build(ctx, s.store, Options{Theme: "dark"})
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
		m.Update(frameMsg{})
		_ = m.View()
		opened = append(opened, time.Since(start))
		for i := range keys {
			start := time.Now()
			c := rune('a' + i%26)
			m.Update(tea.KeyPressMsg{Code: c, Text: string(c)})
			_ = m.View()
			took = append(took, time.Since(start))
		}
		cancel()
	}
	slices.Sort(opened)
	slices.Sort(took)
	ms := func(list []time.Duration, share float64) float64 {
		return float64(list[int(share*float64(len(list)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(ms(opened, 0.5), "ms-open")
	b.ReportMetric(ms(took, 0.5), "ms-key-p50")
	b.ReportMetric(ms(took, 0.95), "ms-key-p95")
	b.ReportMetric(ms(took, 1), "ms-key-max")
	b.ReportMetric(0, "ns/op")
}
