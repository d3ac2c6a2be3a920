package compare

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/markdown"
	"relaytop/ui/overlay"
	"relaytop/ui/uitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a store that notes what it was asked to do.
type fake struct {
	did []string
	err error
}

func (f *fake) note(s string) error { f.did = append(f.did, s); return f.err }
func (f *fake) New() string         { _ = f.note("new"); return "c2" }
func (f *fake) Set(chat string, list []session.Target) error {
	return f.note(fmt.Sprint("compare ", chat, " ", list))
}
func (f *fake) Adopt(chat string, i int) error { return f.note(fmt.Sprint("adopt ", chat, " ", i)) }
func (f *fake) Again(chat string, i int) error { return f.note(fmt.Sprint("again ", chat, " ", i)) }

var start = time.Date(2026, 3, 2, 15, 2, 0, 0, time.UTC)

// answered is an answer that has ended: its number of tokens, and how long it took.
func answered(model string, id, tokens int64, took time.Duration, text string) session.Column {
	timing := relay.Timing{Send: start, First: start.Add(400 * time.Millisecond), Last: start.Add(took)}
	return session.Column{Target: session.Target{Model: model}, Question: session.View{ID: 1, Text: "Why?"},
		Answer: session.View{ID: id, Text: text, Out: tokens, Version: 1, Result: &relay.Result{
			Status: relay.StatusOK, Finish: "stop", Timing: timing, Usage: &relay.Usage{Output: tokens}}}}
}

func open(t testing.TB, cols ...session.Column) (*Model, *fake) {
	t.Helper()
	f := &fake{}
	m := New(Store{Library: f, Comparing: f}, markdown.NewKit(), func() []Choice {
		return []Choice{{Model: "a"}, {Model: "b"}, {Model: "b", Endpoint: "eu"}}
	})
	show(m, "c1", cols...)
	return m, f
}

func show(m *Model, chat string, cols ...session.Column) {
	var targets []session.Target
	for _, c := range cols {
		targets = append(targets, c.Target)
	}
	m.Show(chat, targets, cols)
	m.Settle()
}

// shown is the comparison as plain text; every line must be as wide as the pane. Drawing it scrolls nothing.
func shown(t *testing.T, m *Model, w, h int) string {
	t.Helper()
	m.SetLook(Look{Styles: uitest.Looks()[0].Styles(t), Width: w, Height: h, PaneHeight: h + 3, Now: start})
	places := func() (all []string) {
		for _, c := range m.drawn {
			all = append(all, fmt.Sprint(c.id, c.off, c.follow))
		}
		return all
	}
	before := places()
	lines := m.View()
	if after := places(); !slices.Equal(after, before) {
		t.Fatalf("drawing scrolled from %v to %v", before, after)
	}
	if len(lines) != h {
		t.Fatalf("%d lines, not %d", len(lines), h)
	}
	for i, l := range lines {
		if n := ansi.StringWidth(l); n != w {
			t.Fatalf("line %d is %d cells wide, not %d: %q", i, n, w, l)
		}
		lines[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return strings.Join(lines, "\n")
}

func TestTheBestFigureIsMarked(t *testing.T) {
	m, _ := open(t, answered("a", 2, 100, 2*time.Second, "slow"), answered("b", 3, 100, time.Second, "fast"))
	got := shown(t, m, 120, 30)
	for _, l := range strings.Split(got, "\n") {
		if _, right, ok := strings.Cut(l, "tok/s"); ok && strings.Contains(right, "tok/s") {
			first, second, _ := strings.Cut(right, "tok/s")
			if strings.Contains(first, "best") || !strings.Contains(second, "best") {
				t.Errorf("the faster one is not the best: %q", l)
			}
			return
		}
	}
	t.Errorf("no line of speeds:\n%s", got)
}

func TestFiguresStandStillUntilTheySettle(t *testing.T) {
	m, _ := open(t, answered("a", 2, 100, 2*time.Second, "one"), answered("b", 3, 100, time.Second, "two"))
	next := answered("a", 2, 777, 2*time.Second, "one more")
	next.Answer.Version = 2
	m.Show("c1", m.targets, []session.Column{next, m.cols[1]})
	if got := shown(t, m, 120, 30); strings.Contains(got, "777") || !strings.Contains(got, "one more") {
		t.Errorf("before they settle:\n%s", got)
	}
	m.Settle()
	if got := shown(t, m, 120, 30); !strings.Contains(got, "777") {
		t.Errorf("settled:\n%s", got)
	}
}

// A column scrolls on its own, and follows its end again once that is reached.
func TestAColumnScrolls(t *testing.T) {
	long := strings.Repeat("line\n\n", 100) + "the very end"
	m, _ := open(t, answered("a", 2, 100, time.Second, long), answered("b", 3, 100, time.Second, "short"))
	if !strings.Contains(shown(t, m, 120, 30), "the very end") {
		t.Error("the end is not shown")
	}
	m.Scroll(-20)
	if strings.Contains(shown(t, m, 120, 30), "the very end") {
		t.Error("it does not scroll")
	}
	m.Scroll(40)
	if shown(t, m, 120, 30); !m.drawn[0].follow {
		t.Error("it does not follow again")
	}
}

// An action affects the chat that was open when it was chosen, even if another is open by now.
func TestWhatIsDoneIsDoneInItsChat(t *testing.T) {
	for want, do := range map[string]func(*Model) func() any{
		"adopt c1 1":             func(m *Model) func() any { cmd := m.Adopt(1); return func() any { return cmd() } },
		"again c1 0":             func(m *Model) func() any { ask := m.Again(); return func() any { return ask() } },
		"compare c1 []":          func(m *Model) func() any { cmd := m.End(); return func() any { return cmd() } },
		"compare c1 [{a } {b }]": func(m *Model) func() any { return pick(m) },
	} {
		m, f := open(t, answered("a", 2, 1, time.Second, ""), answered("b", 3, 1, time.Second, ""))
		cmd := do(m)
		show(m, "c9", answered("x", 7, 1, time.Second, ""))
		cmd()
		if got := strings.Join(f.did, "|"); got != want {
			t.Errorf("did %q, want %q", got, want)
		}
	}
}

// pick opens the picker, whose enter begins what is marked.
func pick(m *Model) func() any {
	d := m.Pick("a")().(overlay.OpenMsg).Dialog
	return func() any {
		_, cmd := d.Update(uitest.Key("enter"))
		return cmd()
	}
}

// In another chat the first column is chosen.
func TestAnotherChatBeginsAtItsFirstColumn(t *testing.T) {
	m, _ := open(t, answered("a", 2, 1, time.Second, ""), answered("b", 3, 1, time.Second, ""))
	m.Move(1)
	show(m, "c9", answered("x", 7, 1, time.Second, ""), answered("y", 8, 1, time.Second, ""))
	if v, ok := m.Answer(); m.At() != 0 || !ok || v.ID != 7 {
		t.Errorf("at %d, answer %d", m.At(), v.ID)
	}
	m.Show("c9", nil, nil)
	if _, ok := m.Answer(); ok || m.Columns() != 0 {
		t.Error("there is still a comparison")
	}
}
