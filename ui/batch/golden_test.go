package batch

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"relaytop/state"
	"relaytop/state/job"
	"relaytop/state/job/input"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

// sizes are what the pane gets inside the screens 80x24, 120x36 and 160x45, and zoomed in the last.
var sizes = [...][2]int{{78, 19}, {53, 14}, {72, 18}, {156, 41}}

// scene is the pane in one state.
func scene(t testing.TB, name string, o style.Options, theme string, w, height int) *Model {
	h, s := running(), &fake{rows: table(), focus: 3056}
	switch name {
	case "empty":
		h = job.Header{}
	case "paused":
		h, s.rows = paused(), still()
	case "finished":
		h, s.rows, s.focus = over(h), all(), 5000
	case "reading":
		h = job.Header{ID: h.ID, Input: h.Input, Out: h.Out, State: job.Reading, Model: h.Model, Concurrency: 10,
			Rows: 51_200, Queued: 51_200, Started: start, Version: 1}
		s.rows = nil
	case "provider":
		h, s.rows, s.focus = carried(), nil, 0
		s.parts, s.steps = partsOf()
	case "left":
		h, s.rows, s.focus = carried(), nil, 0
		s.parts, s.steps = partsOf()
		h.State, h.Stopped, h.Reason = job.Paused, job.StopUser, "holysheep has 86,400 rows (in_progress)"
	case "broken":
		h = job.Header{ID: h.ID, Input: h.Input, State: job.Broken, Stopped: "input",
			Reason: "the header has the column \"text\" twice", Version: 1}
	}
	m := New(dress(t, theme, o), s)
	m.Resize(w, height)
	m.Focus(true)
	m.Refresh(&state.Snapshot{At: start, Run: h, Runs: 3})
	switch name {
	case "exists":
		m.Update(started{err: &job.ExistsError{Path: "/home/me/replies.out.jsonl"}})
	case "missing":
		m.Update(started{err: input.Unusable("there is no file /home/me/replis.csv: check the name and the folder")})
	case "selected":
		m.View()
		m.Update(uitest.Key("j"))
		for range 8 {
			m.Update(uitest.Key("down"))
		}
	}
	return m
}

var scenes = [...]string{"empty", "reading", "running", "selected", "paused", "finished", "exists", "missing", "broken",
	"provider", "left"}

func TestScreens(t *testing.T) {
	for _, s := range sizes {
		for _, name := range scenes {
			uitest.Golden(t, fmt.Sprintf("%s-%dx%d", name, s[0], s[1]), scene(t, name, style.Options{}, "dark", s[0],
				s[1]).View())
		}
	}
}

func TestLooks(t *testing.T) {
	draw := func(theme string, o style.Options) string { return scene(t, "running", o, theme, 156, 41).View() }
	dark, light := draw("dark", style.Options{}), draw("light", style.Options{})
	if ansi.Strip(dark) != ansi.Strip(light) || dark == light {
		t.Error("the light theme differs in more, or less, than colours")
	}
	mono := draw("mono", style.Options{})
	if strings.Contains(mono, ";38;") || strings.Contains(mono, ";48;") {
		t.Error("the mono theme has colours")
	}
	uitest.Golden(t, "mono-156x41", mono)
	uitest.Golden(t, "ascii-156x41", draw("dark", style.Options{ASCII: true}))
}

func TestEverySizeIsFilledExactly(t *testing.T) {
	for w := 20; w <= 240; w += 20 {
		for h := 2; h <= 60; h += 7 {
			for _, name := range scenes {
				lines := strings.Split(scene(t, name, style.Options{}, "dark", w, h).View(), "\n")
				if len(lines) != h {
					t.Fatalf("%s at %dx%d has %d lines", name, w, h, len(lines))
				}
				for i, l := range lines {
					if got := ansi.StringWidth(l); got != w {
						t.Fatalf("%s at %dx%d: line %d is %d wide", name, w, h, i, got)
					}
				}
			}
		}
	}
}

func TestPaceShowsWhatEnded(t *testing.T) {
	var p pace
	h := running()
	h.OK, h.Failed, h.Incomplete = 100, 0, 0
	p.observe(&h, start)
	for s := 1; s <= 8; s++ {
		h.OK += 4
		p.observe(&h, start.Add(time.Duration(s)*time.Second))
	}
	rates, step := p.columns(10)
	if step != 1 || rates[9].ok != 4 || rates[2].ok != 0 {
		t.Errorf("step %d: %v", step, rates)
	}
	h.OK += 40 // the pane was hidden for ten seconds
	p.observe(&h, start.Add(18*time.Second))
	rates, _ = p.columns(30)
	for _, r := range rates {
		if r.ok > 8 {
			t.Errorf("a false peak: %v", rates)
			break
		}
	}
	for s := 19; s < 3*paceSeconds; s += 60 {
		h.OK += 60
		p.observe(&h, start.Add(time.Duration(s)*time.Second))
	}
	if len(p.secs) > paceSeconds {
		t.Errorf("%d seconds are kept", len(p.secs))
	}
	h.ID = "another"
	if p.observe(&h, start); len(p.secs) != 0 {
		t.Error("another run keeps the rates of the first")
	}
}
