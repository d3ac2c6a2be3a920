package overlay

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/widget"
)

// library finds n hits a page, each titled by the query, and records the queries.
type library struct {
	asked []string
	pages int64
	err   error
}

func (l *library) find(typed string, next int64) (Findings, error) {
	l.asked = append(l.asked, fmt.Sprint(typed, " ", next))
	var f Findings
	for i := range 5 {
		name := fmt.Sprint(typed, " ", next, ".", i)
		f.List = append(f.List, Finding{Title: name, Text: "about " + typed + " it is",
			Marks: [][2]int{{6, 6 + len(typed)}}, Run: say(name)})
	}
	if next+1 < l.pages {
		f.Next = next + 1
	}
	return f, l.err
}

func (l *library) open(t *testing.T, typed string) (*Stack, *searcher) {
	t.Helper()
	s := stackWith(t, Search(SearchOptions{Title: "search", Typed: typed, None: "nothing has it", Find: l.find,
		Examples: [][2]string{{"word", "what it finds"}}}))
	return s, s.Top().(*searcher)
}

// plain is what a dialog shows.
func shown(s *Stack) string {
	return ansi.Strip(s.Over(strings.Repeat(strings.Repeat(" ", 80)+"\n", 21)+strings.Repeat(" ", 80), 80, 22))
}

func TestSearchFindsAsOneTypes(t *testing.T) {
	l := &library{pages: 1}
	s, d := l.open(t, "")
	if got := shown(s); !strings.Contains(got, "what it finds") {
		t.Errorf("the examples are not shown:\n%s", got)
	}
	typeInto(d, "ab")
	if len(l.asked) != 0 {
		t.Error("it searched before typing paused")
	}
	s.Update(searchMsg{d, d.asked - 1})
	if d.loading {
		t.Error("it searched for a query that was replaced")
	}
	_, cmd := d.Update(searchMsg{d, d.asked})
	reply := cmd()
	typeInto(d, "c")
	s.Update(reply)
	if len(d.hits) != 0 {
		t.Error("a stale reply was taken")
	}
	if done, cmd := d.Update(press("enter")); done || cmd == nil {
		t.Error("enter opened a hit that is not there")
	} else {
		s.Update(cmd())
	}
	if got := shown(s); !strings.Contains(got, "abc 0.0") || !strings.Contains(got, "1 of 5 hits") {
		t.Errorf("the hits are not shown:\n%s", got)
	}
	d.Update(press("down"))
	if done, cmd := d.Update(press("enter")); !done || result(cmd) != "abc 0.1" {
		t.Error("the second hit was not opened")
	}
	if len(l.asked) != 2 {
		t.Errorf("asked %q", l.asked)
	}
}

func TestSearchAsksForMoreNearTheEnd(t *testing.T) {
	l := &library{pages: 3}
	s, d := l.open(t, "")
	shown(s)
	typeInto(d, "ab")
	s.Update(d.search(0)())
	for range 40 {
		if _, cmd := d.Update(press("down")); cmd != nil {
			if _, again := d.Update(press("up")); again != nil {
				t.Fatal("a page was asked for twice")
			}
			s.Update(cmd())
		}
	}
	if len(d.hits) != 15 || strings.Join(l.asked, ",") != "ab 0,ab 1,ab 2" {
		t.Errorf("%d hits, asked %q", len(d.hits), l.asked)
	}
	for d.input.value() != "" {
		d.Update(press("backspace"))
	}
	if got := shown(s); len(d.hits) != 0 || !strings.Contains(got, "what it finds") {
		t.Errorf("hits without a query:\n%s", got)
	}
}

// TestSearchAsksForNoMoreOfAnOlderQuery: its hits and those of the new one are not mixed.
func TestSearchAsksForNoMoreOfAnOlderQuery(t *testing.T) {
	l := &library{pages: 3}
	s, d := l.open(t, "ab")
	shown(s)
	s.Update(d.start()())
	typeInto(d, "c")
	for range 5 {
		if _, cmd := d.Update(press("down")); cmd != nil {
			t.Fatal("a page was asked for")
		}
	}
	if _, cmd := d.Update(searchMsg{d, d.asked}); cmd != nil {
		s.Update(cmd())
	}
	if len(d.hits) != 5 || d.hits[0].Title != "abc 0.0" {
		t.Errorf("%d hits, the first %+v", len(d.hits), d.hits[0])
	}
}

func TestSearchSaysWhy(t *testing.T) {
	l := &library{err: errors.New("the disk is \x1b[2Jgone")}
	s, d := l.open(t, "word")
	s.Update(d.start()())
	if got := shown(s); !strings.Contains(got, "the disk is ␛[2Jgone") {
		t.Errorf("the error is not shown:\n%s", got)
	}
	s.Update(foundMsg{to: d, asked: d.asked})
	if got := shown(s); !strings.Contains(got, "nothing has it") {
		t.Errorf("the note for no hits is missing:\n%s", got)
	}
	s.Update(foundMsg{to: d, asked: d.asked, found: Findings{Note: "still counting"}})
	if got := shown(s); !strings.Contains(got, "still counting") {
		t.Errorf("the note is missing:\n%s", got)
	}
}

func TestSearchByMouse(t *testing.T) {
	l := &library{pages: 1}
	s, d := l.open(t, "word")
	s.Update(d.start()())
	shown(s)
	click := func(y int) (bool, tea.Cmd) { return d.Update(tea.MouseClickMsg{X: 3, Y: y, Button: tea.MouseLeft}) }
	if done, _ := click(d.rows + 2*d.step + 1); done || d.list.at != 2 {
		t.Errorf("the click chose %d", d.list.at)
	}
	if done, cmd := click(d.rows + 2*d.step); !done || result(cmd) != "word 0.2" {
		t.Error("a second click does not open")
	}
	if _, cmd := click(0); cmd != nil {
		t.Error("a click on the border did something")
	}
}

func TestMarksMoveWithWhatIsCleaned(t *testing.T) {
	f := cleaned(Finding{Text: "\x1b[1m one\r\ntwo \u202eđa\u0302u", Marks: [][2]int{{5, 8}, {7, 9}, {17, 99}, {17, 23}}})
	marked := func(i int) string { return f.Text[f.Marks[i][0]:f.Marks[i][1]] }
	if len(f.Marks) != 2 || marked(0) != "one" || marked(1) != "đâu" {
		t.Errorf("%q %v", f.Text, f.Marks)
	}
	if strings.ContainsAny(f.Text, "\x1b\n\r\u202e") {
		t.Errorf("%q", f.Text)
	}
}

// TestQuoteFits cuts texts of wide and narrow characters at every width: no line is too long, nothing is lost.
func TestQuoteFits(t *testing.T) {
	st := look(t, "dark")
	f := Finding{
		Text:  "the retry budget 整个连接池的重试预算已经用完了 of the pool",
		Marks: [][2]int{{4, 16}, {17, 23}},
	}
	for w := 2; w < 80; w++ {
		got := ""
		for at, last := 0, false; at < len(f.Text); {
			var line string
			from := at
			if line, at = quote(st, f, at, w, last); widget.Width(line) > w || at == from {
				t.Fatalf("%d cells of %d: %q", widget.Width(line), w, line)
			}
			got += ansi.Strip(line)
		}
		if got != f.Text {
			t.Fatalf("at %d cells: %q", w, got)
		}
	}
}

func TestPickerTakesWhatWasTypedElsewhere(t *testing.T) {
	o := models()
	o.Alternative = PickerAlternative{Key: "ctrl+f", Does: "searches the text", Do: say}
	d := Picker(o)
	typeInto(d, "xyz")
	if got := shown(stackWith(t, d)); !strings.Contains(got, "ctrl+f searches the text") {
		t.Errorf("it is not shown:\n%s", got)
	}
	if done, cmd := d.Update(tea.KeyPressMsg{Code: 'f', Mod: tea.ModCtrl}); !done || result(cmd) != "xyz" {
		t.Error("what was typed did not go along")
	}
}
