package ui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"relaytop/relay"
	"relaytop/ui/pane"
)

// sizes are the sizes of terminal that the tests use.
var sizes = []struct{ w, h int }{{60, 15}, {80, 24}, {120, 36}, {160, 45}, {240, 60}}

// in runs a test in a bubble of fake time, on a dashboard of a size.
func in(t *testing.T, w, h int, f func(d *dashboard)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, w, h)
		defer d.stop()
		f(d)
	})
}

// TestEveryFrameFitsTheTerminal: a frame has as many lines as the terminal, each as wide as the terminal.
func TestEveryFrameFitsTheTerminal(t *testing.T) {
	for _, s := range sizes {
		t.Run(fmt.Sprintf("%dx%d", s.w, s.h), func(t *testing.T) {
			in(t, s.w, s.h, func(d *dashboard) {
				for range 3 {
					fits(t, d, s.w, s.h)
					d.Press("tab")
				}
				for _, k := range []string{"ctrl+p", "esc", "f10", "esc", "alt+2", "z"} {
					d.Press(k)
					fits(t, d, s.w, s.h)
				}
			})
		})
	}
}

func fits(t *testing.T, d *dashboard, w, h int) {
	t.Helper()
	lines := strings.Split(d.View().Content, "\n")
	if len(lines) != h {
		t.Errorf("%d lines on a terminal of %d:\n%s", len(lines), h, d.Screen())
	}
	for i, l := range lines {
		if n := lipgloss.Width(l); n != w {
			t.Errorf("line %d is %d cells wide, not %d: %q", i, n, w, l)
		}
	}
}

func TestTooSmallSaysHowMuchIsNeeded(t *testing.T) {
	in(t, 20, 5, func(d *dashboard) {
		d.Expect("60x15", "20x5")
		d.Refuse("DEMO")
	})
}

func TestStripIsOnEveryScreen(t *testing.T) {
	for _, s := range sizes {
		in(t, s.w, s.h, func(d *dashboard) {
			for _, key := range []string{"alt+1", "alt+2", "alt+3", "ctrl+p"} {
				d.Press(key)
				d.Expect("DEMO", "req/s", "tok/s", "TTFT", "err", "$")
			}
		})
	}
}

func TestChatStreamsToItsEnd(t *testing.T) {
	in(t, 120, 36, func(d *dashboard) {
		d.Type("What is a relay?")
		d.Press("enter")
		d.feed(relay.Event{Kind: relay.Queued}, relay.Event{Kind: relay.Sent, Model: "gpt-4.1", Endpoint: "sim", Attempt: 1})
		d.Expect("What is a relay?", "in flight 1")
		d.feed(relay.Event{Kind: relay.Text, Text: "A relay **forwards** "}, relay.Event{Kind: relay.Text, Text: "requests."})
		d.Expect("A relay forwards requests", "streaming") // the last grapheme may still grow
		d.feed(done(d, "A relay **forwards** requests."))
		d.Expect("A relay forwards requests.", "TTFT", "9→5 · ", "$0.001000")
		d.Refuse("streaming")
	})
}

// done is the end of the answer to the last request.
func done(d *dashboard, text string) relay.Event {
	now := time.Now()
	r := d.engine.last()
	t := relay.Timing{Sched: now.Add(-time.Second), Send: now.Add(-time.Second), First: now.Add(-600 * time.Millisecond),
		FirstOut: now.Add(-600 * time.Millisecond), Last: now, Done: now}
	return relay.Event{Kind: relay.Done, Result: &relay.Result{ID: r.ID, Status: relay.StatusOK, Finish: "stop",
		Requested: r.Model, Asked: r.Model, Model: r.Model,
		Endpoint: "sim", Text: text, Usage: &relay.Usage{Input: 9, Output: 5, Total: 14},
		Cost: relay.Cost{Amount: relay.USD / 1000, Source: relay.SourceSim}, Timing: t, Wall: now,
		Attempts: []relay.Attempt{{N: 1, Endpoint: "sim", Model: r.Model, Status: 200, Timing: t}}}}
}

// TestIdleComposesNothing: once the last figure left its time window, no frame is composed.
func TestIdleComposesNothing(t *testing.T) {
	in(t, 160, 45, func(d *dashboard) {
		d.Type("hi")
		d.Press("enter")
		d.feed(relay.Event{Kind: relay.Queued}, relay.Event{Kind: relay.Sent, Model: "gpt-4.1", Attempt: 1},
			relay.Event{Kind: relay.Text, Text: "hello"}, done(d, "hello"))
		d.wait(70 * time.Second)
		before := d.root.screen.stats.Composed
		d.wait(5 * time.Minute)
		if n := d.root.screen.stats.Composed - before; n != 0 {
			t.Errorf("%d frames composed in five idle minutes", n)
		}
	})
}

// TestFramesAreBounded: a thousand changes a second make at most 30 frames a second.
func TestFramesAreBounded(t *testing.T) {
	in(t, 160, 45, func(d *dashboard) {
		d.Type("hi")
		d.Press("enter")
		d.feed(relay.Event{Kind: relay.Queued}, relay.Event{Kind: relay.Sent, Model: "gpt-4.1", Attempt: 1})
		r := d.engine.last()
		before, from := d.root.screen.stats.Composed, time.Now()
		for time.Since(from) < 4*time.Second {
			d.store.Apply(relay.Event{Kind: relay.Text, ID: r.ID, At: time.Now(), Text: "word "})
			<-time.After(time.Millisecond)
			d.Idle()
		}
		if n := d.root.screen.stats.Composed - before; n > 4*31 || n < 60 {
			t.Errorf("%d frames in 4 s of streaming", n)
		}
	})
}

func TestResizeWhileStreaming(t *testing.T) {
	in(t, 120, 36, func(d *dashboard) {
		d.Type("hi")
		d.Press("enter")
		d.feed(relay.Event{Kind: relay.Queued}, relay.Event{Kind: relay.Sent, Model: "gpt-4.1", Attempt: 1})
		for i := range 40 {
			w, h := 20+(i*37)%200, 5+(i*13)%60
			d.feed(relay.Event{Kind: relay.Text, Text: fmt.Sprintf("word%d and some more to wrap. ", i)})
			d.resize(w, h)
			fits(t, d, w, h)
		}
		d.resize(120, 36)
		d.Expect("word39")
	})
}

func TestCtrlCStopsThenQuits(t *testing.T) {
	in(t, 120, 36, func(d *dashboard) {
		d.Type("hi")
		d.Press("enter")
		d.feed(relay.Event{Kind: relay.Queued}, relay.Event{Kind: relay.Sent, Model: "gpt-4.1", Attempt: 1},
			relay.Event{Kind: relay.Text, Text: "some"})
		d.Press("ctrl+c")
		if len(d.engine.ended) != 1 || d.Quit() {
			t.Fatalf("the first ctrl+c cancelled %d requests, quit: %v", len(d.engine.ended), d.Quit())
		}
		d.Expect("ctrl+c again quits")
		d.Press("ctrl+c")
		if !d.Quit() {
			t.Error("the second ctrl+c did not quit")
		}
	})
}

func TestRebind(t *testing.T) {
	for _, tt := range []struct {
		keys map[string][]string
		want string // in the error; "": none
	}{
		{map[string][]string{"no.such": {"x"}}, "no.such"},
		{map[string][]string{"palette": {"ctrl+t"}}, "mouse"},
		{map[string][]string{"palette": {"foo+bar"}}, "not a key"},
		{map[string][]string{"palette": {"ctrl+"}}, "not a key"},
		{map[string][]string{"palette": {"ctrl+shift+f5"}, "zoom": {"+"}, "help": {"é"}}, "batch.more"},
		{map[string][]string{"zoom": {"o"}}, "gives o to zoom"},
		{map[string][]string{"palette": {"ctrl+c"}}, "ctrl+c"},
		{map[string][]string{"chat.new": {"tab"}}, "focus.next"},
		{map[string][]string{"batch.open": {"ctrl+f"}, "palette": {"ctrl+k"}, "batch.sample": {}}, ""},
		{map[string][]string{"inspect.close": {"x"}, "connect": {"ctrl+k"}}, ""},
	} {
		m := testModel(t)
		err := rebind(tt.keys, m.tables()...)
		if same := CheckKeys(tt.keys); fmt.Sprint(same) != fmt.Sprint(err) {
			t.Errorf("%v: checked beforehand: %v; at the start: %v", tt.keys, same, err)
		}
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%v: %v", tt.keys, err)
		}
	}
}

func TestAnUnknownPaneIsNotFocused(t *testing.T) {
	in(t, 120, 36, func(d *dashboard) {
		for _, msg := range []tea.Msg{pane.FocusMsg{Pane: "nosuch"}, pane.ZoomMsg{Pane: "nosuch"}} {
			d.Send(msg)
			if d.root.layout.focus != paneChat || d.root.layout.zoom {
				t.Errorf("%T focuses pane %d, zoomed %v", msg, d.root.layout.focus, d.root.layout.zoom)
			}
		}
		d.Send(pane.ZoomMsg{Pane: "batch"})
		if d.root.layout.focus != paneBatch || !d.root.layout.zoom {
			t.Errorf("the batch pane is not zoomed")
		}
	})
}

// TestActionsByName: an action that a slash command names is done, or a toast says why it is off.
func TestActionsByName(t *testing.T) {
	in(t, 80, 24, func(d *dashboard) {
		for _, c := range []struct{ typed, shows string }{
			{"/help", "╭─ keys ─"}, {"/model", "╭─ model ─"}, {"/theme", "╭─ theme"},
			{"/continue", "there is no answer yet"},
		} {
			d.Type(c.typed)
			d.Press("enter")
			d.Expect(c.shows)
			d.Press("esc")
		}
		d.Send(pane.ActionMsg{Name: "no.such"})
		d.Expect("there is no action no.such")
	})
}
