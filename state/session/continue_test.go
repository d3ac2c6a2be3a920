package session

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"relaytop/relay"
)

const half = "The tide rises because the moon pulls at the wat"

// cutAnswer is a chat whose answer was cut.
func cutAnswer(t *testing.T, text string) (*Chats, *Chat, View) {
	t.Helper()
	s := NewChats(nil)
	c := s.New("gpt-4.1", relay.Params{}.With("response_format", "x").With("seed", 1), noon)
	s.System(c, "Be brief.")
	id := say(t, s, c, "why").Request.ID
	event(s, id, relay.Reasoning, "the moon, I think")
	end(s, id, relay.StatusLength, text)
	return s, c, c.Views()[1]
}

func TestContinuingMakesOneAnswerInOnePiece(t *testing.T) {
	s, c, old := cutAnswer(t, half)
	turn, err := s.Continue(c, old.ID, noon)
	if err != nil || turn.Prompt.ID != 0 {
		t.Fatalf("%+v, %v", turn, err)
	}
	want := []relay.Message{{Role: "system", Text: "Be brief."}, {Role: "user", Text: "why"},
		{Role: "assistant", Text: half}, {Role: "user", Text: carryOn}}
	r := turn.Request
	same := func(a, b relay.Message) bool { return a.Role == b.Role && a.Text == b.Text }
	if !slices.EqualFunc(r.Messages, want, same) || r.Params["response_format"] != nil || r.Params["seed"] == nil ||
		c.rec.Params["response_format"] == nil {
		t.Errorf("sent %+v %s", r.Messages, r.Params)
	}
	v := c.Views()[1]
	if v.Text != half || v.Carried != len(half) || v.Out != 0 || v.Reasoning != "" || v.Sibling != 2 ||
		v.Siblings != 2 || v.Phase != Queued {
		t.Errorf("begins as %+v", v)
	}
	event(s, r.ID, relay.Sent, "")
	event(s, r.ID, relay.Text, "er, twice")
	if v := c.Views()[1]; v.Text != half+"er, twice" || v.Out != relay.EstimateTokens("er, twice") || v.Request != r.ID {
		t.Errorf("grew to %+v", v)
	}
	end(s, r.ID, relay.StatusOK, "er, twice a day.")
	v = c.Views()[1]
	if v.Text != half+"er, twice a day." || v.Result.Text != "er, twice a day." || v.Out != 10 || v.Continuable() == nil {
		t.Errorf("ended as %+v", v)
	}
	if got := texts(c); len(got) != 2 || c.Header().Cost != 10 || c.Header().Messages != 2 {
		t.Errorf("shown %q, %+v", got, c.Header())
	}
	next := say(t, s, c, "and why twice?").Request.Messages
	if len(next) != 4 || next[2].Text != half+"er, twice a day." {
		t.Errorf("the next turn sends %+v", next)
	}
	if s.Switch(c, v.ID, -1); c.Views()[1].Text != half || c.Views()[1].Reasoning == "" {
		t.Errorf("the cut one is %+v", c.Views()[1])
	}
}

func TestWhatCannotBeContinued(t *testing.T) {
	for status, want := range map[relay.Status]error{relay.StatusOK: ErrComplete, relay.StatusFiltered: ErrComplete,
		relay.StatusLength: nil, relay.StatusIncomplete: nil, relay.StatusTruncated: nil, relay.StatusCancelled: nil} {
		for _, text := range []string{half, ""} {
			s := NewChats(nil)
			c := s.New("m", nil, noon)
			end(s, say(t, s, c, "why").Request.ID, status, text)
			if text == "" && want == nil {
				want = ErrNothing
			}
			if _, err := s.Continue(c, c.Views()[1].ID, noon); !errors.Is(err, want) {
				t.Errorf("%s %q: %v, want %v", status, text, err, want)
			}
			if _, err := s.Continue(c, c.Views()[0].ID, noon); want != nil && !errors.Is(err, ErrNoMessage) {
				t.Errorf("a question was continued: %v", err)
			}
		}
	}
	s, c, old := cutAnswer(t, half)
	turn, err := s.Continue(c, old.ID, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Continue(c, old.ID, noon); !errors.Is(err, ErrStreaming) {
		t.Errorf("twice at once: %v", err)
	}
	if s.Undo(turn); c.Views()[1].ID != old.ID || len(c.byID) != 2 {
		t.Errorf("taken back, it shows %+v", c.Views())
	}
}

// TestAContinuationThatFails: the old text is kept, and the continuation can be tried again.
func TestAContinuationThatFails(t *testing.T) {
	s, c, old := cutAnswer(t, half)
	turn, _ := s.Continue(c, old.ID, noon)
	id := turn.Request.ID
	event(s, id, relay.Sent, "")
	event(s, id, relay.Reasoning, "hm")
	event(s, id, relay.Text, "moon pulls") // may be the begin of a repetition
	s.Apply(&relay.Event{Kind: relay.Sent, ID: id, At: noon, Attempt: 2})
	if v := c.Views()[1]; v.Text != half || v.Reasoning != "" {
		t.Errorf("the second attempt begins with %+v", v)
	}
	event(s, id, relay.Text, "er.")
	s.Apply(&relay.Event{Kind: relay.Done, ID: id, At: noon, Result: &relay.Result{ID: id, Status: relay.StatusTruncated,
		Text: "er."}})
	if got := c.Views()[1].Text; got != half+"er." {
		t.Errorf("the second attempt makes it %q", got)
	}
	turn, err := s.Continue(c, c.Views()[1].ID, noon)
	if err != nil {
		t.Fatal(err)
	}
	s.Apply(&relay.Event{Kind: relay.Done, ID: turn.Request.ID, At: noon,
		Result: &relay.Result{Status: relay.StatusFailed, Err: &relay.Error{Class: relay.ClassNetwork}}})
	v := c.Views()[1]
	if v.Text != half+"er." || v.Siblings != 3 || c.Header().Streaming {
		t.Errorf("failed as %+v", v)
	}
	if turn, err = s.Continue(c, v.ID, noon); err != nil || turn.Request.Messages[2].Text != half+"er." {
		t.Errorf("it can't be tried again: %v", err)
	}
}

// TestAContinuationSurvives: its record on disk holds the old text, whenever the program ends.
func TestAContinuationSurvives(t *testing.T) {
	s, c, old := cutAnswer(t, half)
	turn, _ := s.Continue(c, old.ID, noon)
	s.TakeDirty()
	disk := func() (*Chat, []MessageRecord) {
		var records []MessageRecord
		b, err := json.Marshal(c.Records())
		if err = errors.Join(err, json.Unmarshal(b, &records)); err != nil {
			t.Fatal(err)
		}
		again := NewChats(nil)
		again.Restore(c.Record())
		d := again.Get(c.ID())
		d.Load(records, nil)
		return d, records
	}
	event(s, turn.Request.ID, relay.Text, " the moon")
	if d := s.TakeDirty(); len(d) != 1 || d[0].Text != half || d[0].Ended {
		t.Errorf("while it waits, %+v is written", d)
	}
	event(s, turn.Request.ID, relay.Text, ", tw")
	d, _ := disk()
	v := d.Views()[1]
	if want := half + " the moon, tw"; v.Text != want || !v.Partial || v.Carried != len(half) ||
		v.Out != relay.EstimateTokens(" the moon, tw") || v.Continuable() != nil {
		t.Errorf("after a crash %+v", v)
	}
	end(s, turn.Request.ID, relay.StatusOK, " the moon, twice.")
	d, records := disk()
	v = d.Views()[1]
	if v.Text != half+" the moon, twice." || v.Result.Text != " the moon, twice." || v.Out != 10 || v.Partial {
		t.Errorf("after the end %+v", v)
	}
	f, forked, err := s.Fork(c, c.Views()[1].ID, noon)
	if err != nil || f.Views()[1].Text != v.Text || f.Views()[1].Carried != len(half) || forked[1].Carried != len(half) {
		t.Errorf("forked %+v, %v", forked, err)
	}
	for _, n := range []int{-1, 1 << 30} {
		records[2].Carried = n
		d = NewChats(nil).New("m", nil, noon)
		d.loaded = false
		if d.Load(records, nil); d.Views()[1].Text != v.Text {
			t.Errorf("with %d bytes carried over it is %+v", n, d.Views()[1])
		}
	}
}

func TestAContextCountsWhatWasCarriedOver(t *testing.T) {
	s, c, old := cutAnswer(t, half)
	turn, _ := s.Continue(c, old.ID, noon)
	end(s, turn.Request.ID, relay.StatusOK, "er.")
	if h := c.Header(); h.Tokens != 30 || !h.TokensEst {
		t.Errorf("counted by the relay: %d tokens, estimated %v", h.Tokens, h.TokensEst)
	}
	s, c, old = cutAnswer(t, half)
	turn, _ = s.Continue(c, old.ID, noon)
	s.Apply(&relay.Event{Kind: relay.Done, ID: turn.Request.ID, At: noon, Result: &relay.Result{Status: relay.StatusOK,
		Text: "er."}})
	want := relay.EstimateTokens("Be brief.") + relay.EstimateTokens("why") + relay.EstimateTokens(half) +
		relay.EstimateTokens("er.")
	if h := c.Header(); h.Tokens < want-1 || h.Tokens > want+1 {
		t.Errorf("estimated %d tokens, want %d", h.Tokens, want)
	}
}

func TestARepetitionAtTheSeamIsDropped(t *testing.T) {
	line := "- [ ] still to be done\n"
	long := strings.Repeat("abcdefghij klmnop. ", 400)
	for _, c := range []struct{ name, before, came, want string }{
		{"none", half, "er, twice", "er, twice"},
		{"the last words", half, "moon pulls at the water, twice", "er, twice"},
		{"all of it", half, half + "er, twice", "er, twice"},
		{"nothing else", half, "moon pulls at the wat", ""},
		{"too short", half, " the wat of it", " the wat of it"},
		{"almost", half, "moon pulls at the wet", "moon pulls at the wet"},
		{"blanks", "if x {\n                ", "                return", "                return"},
		{"characters, not bytes", "thủy triều lên cao vì mặt tră", "mặt trăng", "mặt trăng"},
		{"in characters", "thủy triều lên cao vì mặt tră", "lên cao vì mặt trăng", "ng"},
		{"words that recur", "todo:\n" + line + line, line + "end", line + "end"},
		{"longer than is looked at", long + half, long + half + "er", long + half + "er"},
	} {
		for _, size := range []int{1, 3, 7, 1 << 20} {
			m := (&Chat{}).newMessage(1, relay.RoleAssistant, noon)
			m.chat.seq = new(uint64)
			m.carry(c.before)
			for rest := c.came; rest != ""; {
				n := min(size, len(rest))
				m.write(m.texts.text, rest[:n])
				if rest = rest[n:]; !strings.HasPrefix(c.before+c.want, m.texts.text.String()) {
					t.Fatalf("%s, by %d: it showed %q", c.name, size, m.texts.text.String()[len(c.before):])
				}
			}
			m.finish(&relay.Result{Status: relay.StatusOK, Text: c.came})
			if got := m.view.Text[len(c.before):]; got != c.want {
				t.Errorf("%s, by %d: added %q, want %q", c.name, size, got, c.want)
			}
			if whole := m.whole(c.came); whole != m.view.Text {
				t.Errorf("%s, by %d: at once it is %q", c.name, size, whole)
			}
		}
	}
}

// FuzzSeam: the result does not depend on how a text is cut into pieces, and shown text is never removed.
func FuzzSeam(f *testing.F) {
	f.Add(half, "moon pulls at the water", uint8(3))
	f.Add("ab ab ab ab ab ab ab ", "ab ab ab ab ab c", uint8(1))
	f.Fuzz(func(t *testing.T, before, came string, size uint8) {
		s, shown, open := newSeam(before), "", true
		for rest := came; rest != ""; {
			n := min(int(size)+1, len(rest))
			piece := rest[:n]
			if rest = rest[n:]; open {
				text, known := s.add(piece)
				shown, open = text, !known
			} else {
				shown += piece
			}
		}
		if open {
			shown = s.end()
		}
		if want := unrepeated(tailOf(before), came); shown != want {
			t.Errorf("%q, then %q: shown %q, at once %q", before, came, shown, want)
		}
		if !strings.HasSuffix(came, shown) || !strings.HasSuffix(before, came[:len(came)-len(shown)]) {
			t.Errorf("%q, then %q: %q was made of it", before, came, shown)
		}
	})
}
