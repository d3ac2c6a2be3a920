package chat

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state/find"
	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/uitest"
)

// dialog opens what a key opens and types into it.
func dialog(t *testing.T, r *testPane, key string) *overlay.Stack {
	t.Helper()
	s := overlay.NewStack(r.env)
	for _, msg := range r.press(key) {
		s.Update(msg)
	}
	if s.Empty() {
		t.Fatalf("%s opened nothing", key)
	}
	return s
}

func over(s *overlay.Stack, r *testPane) string {
	return s.Over(strings.Repeat(strings.Repeat(" ", 80)+"\n", 21), 80, 22)
}

// settle runs a dialog's commands, but those that wait.
func settle(s *overlay.Stack, cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	msg := cmd()
	if batch, ok := msg.(tea.BatchMsg); ok {
		var out []tea.Msg
		for _, c := range batch {
			out = append(out, settle(s, c)...)
		}
		return out
	}
	if msg == nil {
		return nil
	}
	cmd, taken := s.Update(msg)
	if out := settle(s, cmd); len(out) > 0 || taken {
		return out
	}
	return []tea.Msg{msg}
}

func hits() find.Found {
	return find.Found{Waiting: 1200, Hits: []find.Hit{{Chat: "c9", Title: "Ngân sách \x1b[2J", Message: 22,
		Role: relay.RoleAssistant, At: start,
		Snippet: "…fails fast when the budget is spent…",
		Marks:   []find.Mark{{From: len("…fails fast when the "), To: len("…fails fast when the budget")}}}}}
}

func TestSearchOpensTheChatAtTheHit(t *testing.T) {
	r := open(t, 78, 20, question(1, "A question"), ended(2, "An answer", relay.StatusOK))
	r.store.found = hits()
	r.typed("a draft")
	r.press("esc")
	s := dialog(t, r, "/")
	var cmds []tea.Cmd
	for _, c := range "budget" {
		cmd, _ := s.Update(tea.KeyPressMsg{Code: c, Text: string(c)})
		cmds = append(cmds, cmd)
	}
	for _, cmd := range cmds {
		settle(s, cmd)
	}
	asked := slices.DeleteFunc(slices.Clone(r.store.did), func(d string) bool { return !strings.HasPrefix(d, "search") })
	if !slices.Equal(asked, []string{"search budget from 0"}) {
		t.Errorf("asked %q", asked)
	}
	got := over(s, r)
	for _, want := range []string{"Ngân sách ␛[2J", "answer", "oldest 1,200 messages"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not shown:\n%s", want, got)
		}
	}
	cmd, _ := s.Update(stroke("enter"))
	var after []tea.Msg
	for _, msg := range settle(s, cmd) {
		after = append(after, r.run(r.Update(msg))...)
	}
	if !slices.Contains(r.store.did, "open c9 at 22") || !slices.Contains(r.store.drafts, "a draft") {
		t.Errorf("did %q, saved %q", r.store.did, r.store.drafts)
	}
	if !slices.Contains(after, tea.Msg(pane.FocusMsg{Pane: "chat"})) {
		t.Errorf("the chat has not the keys: %v", after)
	}
	r.store.views = long()
	r.snap.Chat.ID = "c9"
	r.refresh()
	at := lineWith(t, r, "when the budget is spent")
	if at < 1 || at > r.body()*2/3 {
		t.Errorf("the hit stands on line %d:\n%s", at, r.screen())
	}
	if line := strings.Split(r.screen(), "\n")[at]; !strings.HasPrefix(line, r.env.Styles.Glyphs.Prompt) {
		t.Errorf("the hit is not marked: %q", line)
	}
	chip := r.env.Styles.OnAccent.Start() + "budget"
	if !strings.Contains(strings.Split(r.View(), "\n")[at], chip) {
		t.Error("the word is not marked")
	}
	r.Resize(50, 20)
	at = lineWith(t, r, "budget is")
	if !strings.HasPrefix(strings.Split(r.screen(), "\n")[at], r.env.Styles.Glyphs.Prompt) {
		t.Errorf("after a resize the hit is not marked:\n%s", r.screen())
	}
	if got := over(dialog(t, r, "/"), r); !strings.Contains(got, "budget") {
		t.Errorf("what was looked for is forgotten:\n%s", got)
	}
	r.press("j")
	if strings.Contains(r.View(), chip) {
		t.Error("the hit stays marked when one has gone on")
	}
}

// TestHitScreens compares whole screens with a hit in its place.
func TestHitScreens(t *testing.T) {
	for _, size := range [][2]int{{78, 20}, {59, 32}, {80, 41}} {
		r := open(t, size[0], size[1], long()...)
		h := hits().Hits[0]
		h.Chat = r.snap.Chat.ID
		r.run(r.Update(hitMsg{h, "budget"}))
		r.refresh()
		uitest.Golden(t, fmt.Sprintf("hit-%dx%d", size[0], size[1]), r.screen())
	}
}

// long is a chat in which the hit is far down in a long answer, between others.
func long() []session.View {
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, "Paragraph %d says something about a budget.\n\n", i)
		if i == 40 {
			b.WriteString("It **fails fast** when the `budget` is spent, whatever else.\n\n")
		}
	}
	views := []session.View{question(21, "What about the budget?"), ended(22, b.String(), relay.StatusOK)}
	for i := range int64(10) {
		views = append(views, question(30+2*i, "And then?"), ended(31+2*i, "This and that.", relay.StatusOK))
	}
	return views
}

func lineWith(t *testing.T, r *testPane, s string) int {
	t.Helper()
	for i, l := range strings.Split(r.screen(), "\n") {
		if strings.Contains(l, s) {
			return i
		}
	}
	t.Fatalf("%q is not on the screen:\n%s", s, r.screen())
	return 0
}

func TestSearchTellsWhatWentWrong(t *testing.T) {
	r := open(t, 78, 20, question(1, "A question"))
	r.store.err = errors.New("no such message in this chat")
	var shown bool
	for _, msg := range r.run(r.Update(hitMsg{hits().Hits[0], "budget"})) {
		toast, ok := msg.(pane.ToastMsg)
		shown = shown || ok && strings.Contains(toast.Text, "no such message")
	}
	if !shown {
		t.Error("it failed in silence")
	}
	r.screen()
}

func TestOneLetterIsNotLookedFor(t *testing.T) {
	r := open(t, 78, 20, question(1, "A question"))
	r.press("esc")
	s := dialog(t, r, "/")
	cmd, _ := s.Update(tea.KeyPressMsg{Code: 'b', Text: "b"})
	settle(s, cmd)
	if got := over(s, r); !strings.Contains(got, "one more letter") || len(r.store.did) != 0 {
		t.Errorf("did %q:\n%s", r.store.did, got)
	}
}

func TestTheListOfChatsLeadsToTheSearch(t *testing.T) {
	r := open(t, 78, 20, question(1, "A question"))
	r.press("esc")
	s := dialog(t, r, "o")
	for _, c := range "xyz" {
		s.Update(tea.KeyPressMsg{Code: c, Text: string(c)})
	}
	cmd, _ := s.Update(stroke("ctrl+f"))
	settle(s, cmd)
	if !slices.Contains(r.store.did, "search xyz from 0") {
		t.Errorf("did %q", r.store.did)
	}
}

func TestAHitInAFileIsShownInTheFile(t *testing.T) {
	q := question(21, "What is wrong with it?")
	q.Parts = []session.Part{{Name: "pool.go", Text: strings.Repeat("// padding\n", 60) + "db.SetMaxOpenConns(10)\n" +
		strings.Repeat("// padding\n", 60)}}
	r := open(t, 78, 20, q, ended(22, "Nothing", relay.StatusOK))
	h := find.Hit{Chat: r.snap.Chat.ID, Message: 21, Role: relay.RoleUser, At: start, File: "pool.go",
		Snippet: "…padding db.SetMaxOpenConns(10) // padding…"}
	from := strings.Index(h.Snippet, "MaxOpen")
	h.Marks = []find.Mark{{From: from, To: from + len("MaxOpen")}}
	r.store.found = find.Found{Hits: []find.Hit{h}}
	r.press("esc")
	s := dialog(t, r, "/")
	for _, c := range "MaxOpen" {
		cmd, _ := s.Update(tea.KeyPressMsg{Code: c, Text: string(c)})
		settle(s, cmd)
	}
	if got := ansi.Strip(over(s, r)); !strings.Contains(got, "pool.go: …padding db.SetMaxOpenConns(10)") {
		t.Errorf("the file is not named:\n%s", got)
	}
	r.run(r.Update(hitMsg{h, "MaxOpen"}))
	r.refresh()
	at := lineWith(t, r, "db.SetMaxOpenConns(10)")
	if line := strings.Split(r.View(), "\n")[at]; !strings.Contains(line, r.env.Styles.OnAccent.Start()+"MaxOpen") {
		t.Errorf("the words are not marked: %q", line)
	}
	if f := finding(h, "MaxOpen", ""); f.Text[f.Marks[0][0]:f.Marks[0][1]] != "MaxOpen" {
		t.Errorf("%+v", f)
	}
}

func TestAHitIsShownInAChatThatCompares(t *testing.T) {
	r := open(t, 78, 20, long()...)
	r.store.cols = []session.Column{{Target: session.Target{Model: "gpt-4.1"}},
		{Target: session.Target{Model: "deepseek-v3.2"}}}
	r.snap.Chat.Compare = []session.Target{{Model: "gpt-4.1"}, {Model: "deepseek-v3.2"}}
	r.refresh()
	h := hits().Hits[0]
	h.Chat = r.snap.Chat.ID
	r.run(r.Update(hitMsg{h, "budget"}))
	r.refresh()
	lineWith(t, r, "It fails fast")
	r.press("j", "k")
	r.refresh()
	lineWith(t, r, "Paragraph 0 says")
	r.press("i")
	r.refresh()
	if got := r.screen(); strings.Contains(got, "Paragraph") || !r.comparing() {
		t.Errorf("the comparison did not come back:\n%s", got)
	}
}
