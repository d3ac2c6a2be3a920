//go:build linux

package ui

import (
	"context"
	"runtime"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/ui/overlay"
)

// BenchmarkDialog is what a frame costs the thread that draws, at 160x45 while an answer and twenty rows stream, with
// and without a dialog over them.
func BenchmarkDialog(b *testing.B) {
	for _, c := range []struct {
		name   string
		dialog func(m *model) tea.Cmd
	}{
		{"none", func(*model) tea.Cmd { return nil }},
		{"palette", func(m *model) tea.Cmd { return m.openPalette("") }},
		{"help", (*model).openHelp},
		{"confirm", func(*model) tea.Cmd {
			return overlay.Open(overlay.Confirm("Cancel 412 rows?", "They are not sent any more.", nil))
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := newScene(b, 1, true)
			m, err := build(context.Background(), s.store, Options{Theme: "dark"})
			if err != nil {
				b.Fatal(err)
			}
			m.Init()
			m.Update(tea.WindowSizeMsg{Width: 160, Height: 45})
			if cmd := c.dialog(m); cmd != nil {
				m.Update(cmd())
				if m.View(); m.dialogs.Empty() {
					b.Fatal("no dialog is open")
				}
			}
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			var spent time.Duration
			frames := 0
			for b.Loop() {
				for i := range s.engine.asked { // a frame's worth of tokens
					r := &s.engine.asked[i]
					s.store.Apply(relay.Event{Kind: relay.Text, ID: r.ID, Lane: r.Lane, At: time.Now(),
						Text: s.words[frames%len(s.words)]})
				}
				before := threadTime()
				m.Update(frameMsg{})
				if v := m.View(); len(v.Content) < 160*45 {
					b.Fatal("no screen is drawn")
				}
				spent += threadTime() - before
				frames++
			}
			b.ReportMetric(float64(spent.Microseconds())/1000/float64(frames), "ms/frame")
			b.ReportMetric(0, "ns/op")
			if err := s.store.Close(context.Background()); err != nil {
				b.Fatal(err)
			}
		})
	}
}
