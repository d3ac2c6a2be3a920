package session

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"relaytop/relay"
)

var three = []Target{{Model: "a"}, {Model: "b", Endpoint: "e"}, {Model: "c"}}

func ask(t *testing.T, s *Chats, c *Chat, text string) []*Turn {
	t.Helper()
	turns, err := s.Ask(c, Prompt{Text: text}, noon)
	if err != nil {
		t.Fatal(err)
	}
	return turns
}

func answers(c *Chat) (out []string) {
	for _, col := range c.Columns() {
		out = append(out, col.Question.Text+" "+col.Answer.Model+": "+col.Answer.Text)
	}
	return out
}

func TestOnePromptGoesToAllColumns(t *testing.T) {
	s := NewChats(nil)
	c := s.New("gpt-4.1", nil, noon)
	end(s, say(t, s, c, "before").Request.ID, relay.StatusOK, "well")
	if err := s.Compare(c, three); err != nil {
		t.Fatal(err)
	}
	turns := ask(t, s, c, "one")
	for i, turn := range turns {
		r := turn.Request
		if r.Model != three[i].Model || r.Endpoint != three[i].Endpoint || !r.Once || len(r.Messages) != 3 ||
			(turn.Prompt.ID != 0) != (i == 0) {
			t.Errorf("column %d asks %+v, prompt %d", i, r, turn.Prompt.ID)
		}
	}
	if _, err := s.Ask(c, Prompt{Text: "too early"}, noon); !errors.Is(err, ErrStreaming) || !c.Busy() {
		t.Errorf("asked while columns stream: %v", err)
	}
	for i, turn := range turns {
		event(s, turn.Request.ID, relay.Sent, "")
		event(s, turn.Request.ID, relay.Text, "x")
		end(s, turn.Request.ID, relay.StatusOK, []string{"A", "B", "C"}[i])
	}
	if got := answers(c); !slices.Equal(got, []string{"one a: A", "one b: B", "one c: C"}) {
		t.Errorf("%q", got)
	}
	if cur := c.Columns()[1].Curve; len(cur) != 1 || cur[0].Tokens < 1 {
		t.Errorf("curve %v", cur)
	}

	turns = ask(t, s, c, "two")
	for i, turn := range turns {
		if n := len(turn.Request.Messages); n != 5 || turn.Request.Messages[3].Text != []string{"A", "B", "C"}[i] ||
			turn.Prompt.ID == 0 {
			t.Errorf("column %d goes on with %+v", i, turn.Request.Messages)
		}
		end(s, turn.Request.ID, relay.StatusOK, []string{"A2", "B2", "C2"}[i])
	}
	again, err := s.Again(c, 1, noon)
	if err != nil || again.Request.Model != "b" || len(again.Request.Messages) != 5 {
		t.Fatalf("%+v %v", again, err)
	}
	end(s, again.Request.ID, relay.StatusOK, "B3")
	if err := s.Adopt(c, 1); err != nil {
		t.Fatal(err)
	}
	if got := texts(c); !slices.Equal(got, []string{"before", "well", "one", "B", "two", "B3"}) ||
		c.Header().Model != "b" || c.Columns() != nil {
		t.Errorf("adopted %q with %s", got, c.Header().Model)
	}
	if v := c.Views(); v[3].Siblings != 3 || v[5].Siblings != 2 {
		t.Errorf("the others are gone: %d and %d siblings", v[3].Siblings, v[5].Siblings)
	}
}

// TestAColumnIsAdoptedWhileOthersStream: the others stream on unseen, and the chat can go on at once.
func TestAColumnIsAdoptedWhileOthersStream(t *testing.T) {
	s := NewChats(nil)
	c := s.New("m", nil, noon)
	if err := s.Compare(c, three[:2]); err != nil {
		t.Fatal(err)
	}
	turns := ask(t, s, c, "one")
	end(s, turns[0].Request.ID, relay.StatusOK, "A")
	if err := s.Adopt(c, 0); err != nil {
		t.Fatal(err)
	}
	next := say(t, s, c, "two")
	if got := c.Requests(); !slices.Equal(got, []relay.ID{turns[1].Request.ID, next.Request.ID}) {
		t.Errorf("in flight: %v", got)
	}
	end(s, next.Request.ID, relay.StatusOK, "A2")
	end(s, turns[1].Request.ID, relay.StatusOK, "B")
	if !s.Switch(c, c.Views()[1].ID, 1) || !slices.Equal(texts(c), []string{"one", "B"}) {
		t.Errorf("the other column: %q", texts(c))
	}
}

func TestAComparisonComesBack(t *testing.T) {
	s := NewChats(nil)
	c := s.New("m", nil, noon)
	if err := s.Compare(c, three); err != nil {
		t.Fatal(err)
	}
	for i, turn := range ask(t, s, c, "one") {
		end(s, turn.Request.ID, relay.StatusOK, []string{"A", "B", "C"}[i])
	}
	var records []MessageRecord
	for _, m := range c.byID {
		records = append(records, m.record())
	}
	slices.SortFunc(records, func(a, b MessageRecord) int { return int(a.ID - b.ID) })
	raw, err := json.Marshal(c.Record())
	var kept Record
	if err = errors.Join(err, json.Unmarshal(raw, &kept)); err != nil {
		t.Fatal(err)
	}
	other := NewChats(nil)
	other.Restore(kept)
	d := other.Get(c.ID())
	d.Load(records, nil)
	if got := answers(d); !slices.Equal(got, []string{"one a: A", "one b: B", "one c: C"}) {
		t.Errorf("came back as %q", got)
	}
}

func TestWhatCantBeCompared(t *testing.T) {
	s := NewChats(nil)
	c := s.New("m", nil, noon)
	for _, list := range [][]Target{three[:1], append(slices.Clone(three), three...)} {
		if err := s.Compare(c, list); !errors.Is(err, ErrTargets) {
			t.Errorf("%d targets: %v", len(list), err)
		}
	}
	if err := errors.Join(s.Compare(c, three), s.Adopt(c, 2)); err != nil || c.Header().Model != "c" {
		t.Errorf("adopted before anything was asked: %v", err)
	}
	if err := s.Adopt(c, 0); !errors.Is(err, ErrNoColumn) {
		t.Error(err)
	}
	say(t, s, c, "hi")
	if err := s.Compare(c, three); !errors.Is(err, ErrStreaming) {
		t.Error(err)
	}
}

func TestACurveIsBounded(t *testing.T) {
	m := &message{curve: curve{kept: true}}
	m.view.Sent = noon
	for i := range 10_000 {
		m.trace(noon.Add(time.Duration(i) * time.Second))
		m.trace(noon.Add(time.Duration(i)*time.Second + time.Millisecond))
	}
	if len(m.curve.points) != curveMost {
		t.Errorf("%d points", len(m.curve.points))
	}
}

// TestAnAnswerIsPricedWhileItStreams: from the tokens so far, and marked as an estimate.
func TestAnAnswerIsPricedWhileItStreams(t *testing.T) {
	s := NewChats(func(model string, in, out int64) (relay.Cost, bool) {
		return relay.Cost{Amount: relay.Money(1000*in + out), Source: relay.SourceRelay}, model == "m"
	})
	c := s.New("m", nil, noon)
	id := say(t, s, c, "four words are here").Request.ID
	event(s, id, relay.Sent, "")
	if v := c.Views()[1]; v.Cost.Known() {
		t.Errorf("priced before a token came: %+v", v.Cost)
	}
	event(s, id, relay.Text, "and an answer")
	if v := c.Views()[1]; !v.Cost.Known() || !v.Cost.Estimated || v.Cost.Amount <= 1000 ||
		int64(v.Cost.Amount)%1000 != v.Out {
		t.Errorf("%+v with %d tokens out", v.Cost, v.Out)
	}
}

// TestATurnThatWasNotStoredLeavesNothing: the columns and the shown answer are as before.
func TestATurnThatWasNotStoredLeavesNothing(t *testing.T) {
	s := NewChats(nil)
	c := s.New("m", nil, noon)
	if err := s.Compare(c, three[:2]); err != nil {
		t.Fatal(err)
	}
	for i, turn := range ask(t, s, c, "one") {
		end(s, turn.Request.ID, relay.StatusOK, []string{"A", "B"}[i])
	}
	before := answers(c)
	undo := func(turns ...*Turn) {
		t.Helper()
		for _, turn := range slices.Backward(turns) {
			s.Undo(turn)
		}
		if got := answers(c); !slices.Equal(got, before) || len(c.byID) != 3 {
			t.Errorf("%q with %d messages, was %q", got, len(c.byID), before)
		}
	}
	undo(ask(t, s, c, "two")...)
	again, err := s.Again(c, 0, noon)
	if err != nil {
		t.Fatal(err)
	}
	undo(again)

	if err := s.Adopt(c, 0); err != nil {
		t.Fatal(err)
	}
	shown := texts(c)
	turn, err := s.Regenerate(c, c.Views()[1].ID, noon)
	if err != nil {
		t.Fatal(err)
	}
	if s.Undo(turn); !slices.Equal(texts(c), shown) {
		t.Errorf("shows %q, was %q", texts(c), shown)
	}
}
