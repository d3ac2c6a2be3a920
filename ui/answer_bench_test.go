//go:build linux

package ui

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/archive"
)

// turn sends a question in a chat and applies its answer at once.
func (s *scene) turn(chat, question, answer string) {
	s.b.Helper()
	if err := s.store.Talk().Ask(chat, question); err != nil {
		s.b.Fatal(err)
	}
	r := s.engine.last()
	now := time.Now()
	s.store.Apply(relay.Event{Kind: relay.Text, ID: r.ID, Lane: r.Lane, At: now, Text: answer})
	s.store.Apply(relay.Event{Kind: relay.Done, ID: r.ID, Lane: r.Lane, At: now,
		Result: &relay.Result{ID: r.ID, Lane: r.Lane, Status: relay.StatusOK, Finish: "stop",
			Asked: "gpt-4.1", Endpoint: "sim", Text: answer, Wall: now, Usage: &relay.Usage{Input: 10, Output: 100}}})
}

// codeLine is one of three thousand.
const codeLine = "\tif n := len(parts[%d]); n > 0 && limit < n { " +
	"return fmt.Errorf(\"part %d of %%d\", n) } // as before\n"

// BenchmarkAnswer streams one answer at 100 tokens a second to a dashboard of 120x36, for fifteen seconds each:
// prose, the same below a thousand messages, and the end of one code block of 3,000 lines. What counts is the ratio
// to the first.
func BenchmarkAnswer(b *testing.B) {
	defer settle(b, goleak.IgnoreCurrent())
	const rate, seconds = 100, 15
	for b.Loop() {
		plain := 0.0
		for _, name := range []string{"prose", "below-1000", "code-3000"} {
			s := &scene{b: b, engine: &silentEngine{}, words: strings.SplitAfter(strings.ReplaceAll(answer, "\n\n", " "), " ")}
			s.store = state.New(state.Options{Engine: s.engine, Demo: true, Relay: "sim", Model: "gpt-4.1",
				Params: relay.DefaultParams()})
			chat := s.store.Library().New()
			if name == "below-1000" {
				for i := range 500 {
					s.turn(chat, fmt.Sprint("question ", i), answer)
				}
			}
			if err := s.store.Talk().Ask(chat, "go on"); err != nil {
				b.Fatal(err)
			}
			r := s.engine.last()
			s.engine.asked = s.engine.asked[len(s.engine.asked)-1:]
			s.sent = make([]strings.Builder, 1)
			s.store.Apply(relay.Event{Kind: relay.Sent, ID: r.ID, Lane: r.Lane, At: time.Now(), Attempt: 1, Endpoint: "sim",
				Model: "gpt-4.1"})
			if name == "code-3000" {
				s.words = nil
				var code strings.Builder
				for i := range 3000 {
					line := fmt.Sprintf(codeLine, i, i)
					code.WriteString(line)
					s.words = append(s.words, strings.SplitAfter(line, " ")...)
				}
				s.store.Apply(relay.Event{Kind: relay.Text, ID: r.ID, Lane: r.Lane, At: time.Now(), Text: "```go\n" +
					code.String()})
			}
			t := s.open(120, 36)
			s.stream(2*rate, rate, nil)
			used, bytes, start := cpu(b), t.bytes.Load(), time.Now()
			s.stream(seconds*rate, rate, nil)
			share := 100 * (cpu(b) - used).Seconds() / time.Since(start).Seconds()
			b.ReportMetric(share, "%core-"+name)
			b.ReportMetric(float64(t.bytes.Load()-bytes)/(seconds*rate), "B/token-"+name)
			if plain == 0 {
				plain = share
			} else {
				b.ReportMetric(share/plain, "x-"+name)
			}
			t.close()
			if err := s.store.Close(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkOpenChat is the time from opening a chat of 5,000 messages, on disk, to its first screen.
func BenchmarkOpenChat(b *testing.B) {
	defer settle(b, goleak.IgnoreCurrent())
	file := filepath.Join(b.TempDir(), "relaytop.db")
	kept, err := archive.Open(file, archive.Options{Demo: true})
	if err != nil {
		b.Fatal(err)
	}
	s := &scene{b: b, engine: &silentEngine{}}
	s.store = state.New(state.Options{Archive: kept, Engine: s.engine, Demo: true, Model: "gpt-4.1",
		Params: relay.DefaultParams()})
	chat := s.store.Library().New()
	for i := range 2500 {
		s.turn(chat, fmt.Sprint("question ", i), answer)
	}
	if err := s.store.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
	if err := kept.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
	var opening, drawing []time.Duration
	for b.Loop() {
		kept, err := archive.Open(file, archive.Options{Demo: true})
		if err != nil {
			b.Fatal(err)
		}
		if err := kept.SetSetting("last_chat", ""); err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		s.store = state.New(state.Options{Archive: kept, Engine: s.engine, Demo: true, Model: "gpt-4.1",
			Params: relay.DefaultParams()})
		if err := s.store.Library().Open(chat); err != nil {
			b.Fatal(err)
		}
		opened := time.Now()
		t := s.open(120, 36) // waits for the first frame
		drawing = append(drawing, time.Since(opened))
		opening = append(opening, opened.Sub(start))
		t.close()
		if err := s.store.Close(context.Background()); err != nil {
			b.Fatal(err)
		}
		if err := kept.Close(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	for name, took := range map[string][]time.Duration{"open": opening, "screen": drawing} {
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-"+name)
	}
	b.ReportMetric(0, "ns/op")
}
