package metrics

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/meter"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

func press(m *Model, keys ...string) {
	for _, k := range keys {
		m.Update(uitest.Key(k))
	}
}

// TestTheCursorReadsOneMoment: the cursor reads the bucket under it in every chart, and stays with it.
func TestTheCursorReadsOneMoment(t *testing.T) {
	counted := func(w meter.Window, n int) meter.View {
		v := busy(w, n)
		for i := range v.Buckets {
			v.Buckets[i].OK, v.Buckets[i].TTFT.N = int64(2*i), int64(i)
		}
		return v
	}
	m := show(look(t, "dark", style.Options{}), counted, 156, 41)
	press(m, "h", "H")
	s := ansi.Strip(m.View())
	if got := strings.Count(s, " -20s "); got != 6 {
		t.Errorf("%d of 6 charts have the cursor at -20s:\n%s", got, s)
	}
	if !strings.Contains(s, "19 ok") || !strings.Contains(ansi.Strip(m.Title()), "14:24:01") {
		t.Errorf("bucket 19 of 30 is not read (%s):\n%s", m.Title(), s)
	}
	if strings.Count(s, "┊") < 40 {
		t.Errorf("the cursor is no line through the charts:\n%s", s)
	}
	later := counted(meter.Minute, 30) // two buckets later
	later.Buckets = append(later.Buckets[2:], meter.Bucket{}, meter.Bucket{})
	later.End = later.End.Add(4 * time.Second)
	m.source = &fake{view: func(meter.Window, int) meter.View { return later }}
	m.Refresh(&state.Snapshot{At: start.Add(4 * time.Second), Meter: 2})
	if s := ansi.Strip(m.View()); !strings.Contains(s, " -24s ") || !strings.Contains(s, "19 ok") {
		t.Errorf("the cursor did not stay at its moment:\n%s", s)
	}
	press(m, "esc")
	if s := ansi.Strip(m.View()); strings.Contains(s, "┊") || m.Title() != "" {
		t.Error("esc does not take the cursor off")
	}
}

func TestTheCursorStaysOnTheChart(t *testing.T) {
	m := show(look(t, "dark", style.Options{}), busy, 78, 20)
	press(m, "h")
	for range 40 {
		press(m, "H")
	}
	if m.at() != 0 {
		t.Errorf("far left is bucket %d", m.at())
	}
	for range 40 {
		press(m, "L")
	}
	if m.at() != len(m.view.Buckets)-1 {
		t.Errorf("far right is bucket %d", m.at())
	}
	m = show(look(t, "dark", style.Options{}), empty, 78, 20)
	press(m, "h", "l", "enter")
	if m.at() != -1 || m.unlessCharts() == "" {
		t.Error("there is a cursor on nothing")
	}
}

// TestPauseStopsThePicture and not the counting: what came meanwhile is there afterwards.
func TestPauseStopsThePicture(t *testing.T) {
	m := show(look(t, "dark", style.Options{}), busy, 156, 41)
	before := m.View()
	press(m, "space")
	m.source = &fake{view: failing}
	m.Refresh(&state.Snapshot{At: start.Add(time.Minute), Meter: 9, Breakers: troubled()})
	if m.View() != before || !strings.Contains(ansi.Strip(m.Title()), "paused at 14:24:22") {
		t.Errorf("a paused picture moves, or does not say so: %q", m.Title())
	}
	press(m, "space")
	m.Refresh(&state.Snapshot{At: start.Add(time.Minute), Meter: 9, Breakers: troubled()})
	if s := ansi.Strip(m.View()); s == ansi.Strip(before) || !strings.Contains(s, "lab-vllm") {
		t.Error("it does not go on")
	}
}

// TestEnterOpensTheRequests of the row that is selected, of the moment under the cursor, or of the window.
func TestEnterOpensTheRequests(t *testing.T) {
	m := show(look(t, "dark", style.Options{}), busy, 156, 41)
	opened := func() pane.RequestFilter {
		cmd := m.Update(uitest.Key("enter"))
		if cmd == nil {
			t.Fatal("enter does nothing")
		}
		return cmd().(pane.RequestsMsg).Filter
	}
	all := opened()
	if all.Model != "" || !all.To.Equal(start) || all.To.Sub(all.From) != time.Minute {
		t.Errorf("without a selection: %s", all.String())
	}
	press(m, "h", "h")
	if f := opened(); f.To.Sub(f.From) != 2*time.Second || !f.To.Equal(start.Add(-2*time.Second)) {
		t.Errorf("of the moment before the last: %s", f.String())
	}
	press(m, "j", "j", "j", "j", "j", "j", "j")
	if f := opened(); f.Model != "deepseek-v3.2" || f.To.Sub(f.From) != 2*time.Second {
		t.Errorf("of the first row below the charts: %s", f.String())
	}
	if s := m.View(); !strings.Contains(s, m.env.Styles.Start(style.Sel)) {
		t.Error("the selected row is not seen")
	}
	press(m, "j", "j", "j", "j")
	if f := opened(); f.Endpoint != "backup-eu" || f.Model != "" {
		t.Errorf("of the second endpoint: %s", f.String())
	}
	press(m, "esc", "esc")
	if f := opened(); f != all {
		t.Errorf("after esc: %s", f.String())
	}
	press(m, "k")
	if f := opened(); f.Endpoint != "lab-vllm" {
		t.Errorf("up from nothing: %s", f.String())
	}
}

// TestTheLastActivityHasItsTimeOfDay: a window that became empty keeps its charts.
func TestTheLastActivityHasItsTimeOfDay(t *testing.T) {
	view := func(w meter.Window, n int) meter.View {
		v := busy(w, n)
		v.End, v.Past = start.Add(-3*time.Minute), true
		return v
	}
	for _, s := range sizes {
		m := show(look(t, "dark", style.Options{}), view, s[0], s[1])
		if s := ansi.Strip(m.View()); !strings.Contains(s, " 14:21:22") || strings.Contains(s, " now\n") {
			t.Errorf("the charts do not say when they end:\n%s", s)
		}
		m.Refresh(&state.Snapshot{At: start.Add(48 * time.Hour), Meter: 2})
		if s := ansi.Strip(m.View()); !strings.Contains(s, "2 Mar 14:21") {
			t.Errorf("two days later they do not name the day:\n%s", s)
		}
	}
}

func TestTheBudgetIsALineOverTheCost(t *testing.T) {
	m := New(look(t, "dark", style.Options{}), &fake{view: busy})
	m.Resize(156, 41)
	usd := relay.USD
	for _, c := range []struct {
		limit, spent, here relay.Money
		want               []string
	}{
		{usd, 460 * usd / 1000, 460 * usd / 1000, []string{"budget $1.00 ╌", "budget in 11m15s", " $1.00 "}},
		{usd, 700 * usd / 1000, 460 * usd / 1000, []string{"budget $1.00, $0.2400 spent before ╌", "budget in 6m15s"}},
		{100 * usd, 460 * usd / 1000, 460 * usd / 1000, []string{"$0.40", "budget in 1d10h"}},
		{usd / 2, usd, 460 * usd / 1000, []string{"budget spent"}},
	} {
		m.Refresh(&state.Snapshot{At: start, Meter: 1, DayLimit: c.limit, DaySpent: c.spent,
			Spent: meter.Figures{Cost: c.here}})
		s := ansi.Strip(m.View())
		for _, want := range c.want {
			if !strings.Contains(s, want) {
				t.Errorf("%v of %v spent: no %q in\n%s", c.spent, c.limit, want, s)
			}
		}
	}
}

// TestAClickReadsAMoment: the cursor is where the mouse was, in each chart, and a click on a row selects it.
func TestAClickReadsAMoment(t *testing.T) {
	m := show(look(t, "dark", style.Options{}), busy, 156, 41)
	cell := func(x, y int) string { return string([]rune(strings.Split(ansi.Strip(m.View()), "\n")[y])[x]) }
	for _, at := range m.page().places() {
		if !at.part.chart() {
			continue
		}
		x, y := at.x+at.w*2/3, at.y+3
		m.Update(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
		if got := cell(x, y) + cell(x-1, y) + cell(x+1, y); !strings.Contains(got, "┊") || m.selected.part != at.part {
			t.Errorf("chart %d: no cursor at %d,%d:\n%s", at.part, x, y, ansi.Strip(m.View()))
		}
		m.Update(tea.MouseClickMsg{X: at.x, Y: y, Button: tea.MouseLeft}) // on the labels
	}
	m.Update(tea.MouseClickMsg{X: 5, Y: 34, Button: tea.MouseLeft})
	if m.selected.key != "gemini-2.5-flash" {
		t.Errorf("a click on the second model selects %q", m.selected.key)
	}
	m.Update(tea.MouseClickMsg{X: 5, Y: 32, Button: tea.MouseLeft})
	m.Update(tea.MouseClickMsg{X: 5, Y: 36, Button: tea.MouseLeft})
	if m.selected.key != "gemini-2.5-flash" {
		t.Errorf("a click on no row selects %q", m.selected.key)
	}
}

// TestTheFiguresAreCopiedWhole: as plain text, with the rows that the screen has no room for.
func TestTheFiguresAreCopiedWhole(t *testing.T) {
	m := show(look(t, "dark", style.Options{}), many, 78, 20, troubled()...)
	msg, ok := m.Update(uitest.Key("y"))().(pane.CopyMsg)
	if !ok {
		t.Fatal("y copies nothing")
	}
	for _, want := range []string{"window 1m, until 2026-03-02 14:24:22", "requests 2,309 ok, 30 failed",
		"TTFT p50 284 ms  p95 625 ms", "cost of this run $0.4598", "vendor/model-94", "half-open, probing", "chat "} {
		if !strings.Contains(msg.Text, want) {
			t.Errorf("no %q in\n%s", want, msg.Text)
		}
	}
	if strings.Contains(msg.Text, "\x1b") {
		t.Error("the text has control characters")
	}
}

// TestAnotherWindowIsNotPaused: what was stopped was the picture of the window before.
func TestAnotherWindowIsNotPaused(t *testing.T) {
	m := show(look(t, "dark", style.Options{}), busy, 78, 20)
	press(m, "space", "]")
	if m.paused || m.Title() != "" {
		t.Error("the new window is said to be stopped")
	}
}
