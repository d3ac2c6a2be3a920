package session

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

func TestEditingAndRegeneratingMakeSiblings(t *testing.T) {
	s := NewChats(nil)
	c := s.New("gpt-4.1", nil, noon)
	end(s, say(t, s, c, "one").Request.ID, relay.StatusOK, "first")
	end(s, say(t, s, c, "two").Request.ID, relay.StatusOK, "second")
	views := c.Views()

	turn, err := s.Regenerate(c, views[1].ID, noon)
	if err != nil || len(turn.Request.Messages) != 1 || turn.Prompt.ID != 0 {
		t.Fatalf("%+v, %v", turn, err)
	}
	end(s, turn.Request.ID, relay.StatusOK, "first again")
	if got := texts(c); !slices.Equal(got, []string{"one", "first again"}) {
		t.Errorf("after regenerating %q", got)
	}
	if v := c.Views()[1]; v.Sibling != 2 || v.Siblings != 2 {
		t.Errorf("sibling %d of %d", v.Sibling, v.Siblings)
	}
	if !s.Switch(c, c.Views()[1].ID, -1) || !slices.Equal(texts(c), []string{"one", "first", "two", "second"}) {
		t.Errorf("after switching back %q", texts(c))
	}
	if s.Switch(c, c.Views()[1].ID, -1) {
		t.Error("switched beyond the first")
	}
	turn, err = s.Edit(c, views[0].ID, Prompt{Text: "uno"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	end(s, turn.Request.ID, relay.StatusOK, "primo")
	if got := texts(c); !slices.Equal(got, []string{"uno", "primo"}) || len(c.byID) != 7 {
		t.Errorf("after editing %q, %d messages in all", got, len(c.byID))
	}
	if _, err := s.Edit(c, views[1].ID, Prompt{Text: "x"}, noon); !errors.Is(err, ErrNoMessage) {
		t.Errorf("an answer was edited: %v", err)
	}
	if h := c.Header(); h.Cost != 20 || h.Messages != 2 {
		t.Errorf("header %+v", h)
	}
}

// TestAnEstimateMakesTheSumOne, wherever it stands among the answers.
func TestAnEstimateMakesTheSumOne(t *testing.T) {
	for _, estimated := range [][]bool{{false, false}, {true, false}, {false, true}} {
		s := NewChats(nil)
		c := s.New("gpt-4.1", nil, noon)
		for _, e := range estimated {
			id := say(t, s, c, "hi").Request.ID
			s.Apply(&relay.Event{Kind: relay.Done, ID: id, At: noon, Result: &relay.Result{ID: id, Status: relay.StatusOK,
				Text: "hello", Cost: relay.Cost{Amount: 5, Source: relay.SourceUser, Estimated: e}}})
		}
		if h := c.Header(); h.Cost != 10 || h.Estimated != (estimated[0] || estimated[1]) {
			t.Errorf("of %v: %s, estimated: %v", estimated, h.Cost, h.Estimated)
		}
	}
}

func TestATreeComesBackAsItWasShown(t *testing.T) {
	s := NewChats(nil)
	c := s.New("gpt-4.1", nil, noon)
	end(s, say(t, s, c, "one").Request.ID, relay.StatusLength, "first")
	turn, _ := s.Regenerate(c, c.Views()[0].ID, noon)
	end(s, turn.Request.ID, relay.StatusOK, "better")
	s.Switch(c, c.Views()[1].ID, -1)
	var records []MessageRecord
	for _, m := range c.byID {
		b, err := json.Marshal(m.record())
		var r MessageRecord
		if err = errors.Join(err, json.Unmarshal(b, &r)); err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	slices.SortFunc(records, func(a, b MessageRecord) int { return int(a.ID - b.ID) })
	again := NewChats(nil)
	again.Restore(c.Record())
	d := again.Get(c.ID())
	if _, err := again.Ask(d, Prompt{Text: "too early"}, noon); !errors.Is(err, ErrLoading) {
		t.Errorf("asked before it was open: %v", err)
	}
	d.Load(records, nil)
	v := d.Views()
	if len(v) != 2 || v[1].Text != "first" || v[1].Result.Status != relay.StatusLength || v[1].Result.Text != "first" ||
		v[1].Siblings != 2 {
		t.Errorf("came back as %+v", v)
	}
}

func TestStringsOfViewsNeverChange(t *testing.T) {
	s := NewChats(nil)
	c := s.New("gpt-4.1", nil, noon)
	id := say(t, s, c, "go").Request.ID
	event(s, id, relay.Sent, "")
	var seen []string
	for range 200 {
		event(s, id, relay.Text, "añ世 ")
		seen = append(seen, c.Views()[1].Text)
	}
	for i, got := range seen {
		if got != strings.Repeat("añ世 ", i+1) {
			t.Fatalf("view %d became %q", i, got)
		}
	}
	if v := c.Views(); &v[0] != &c.Views()[0] || v[1].Phase != Streaming || v[1].First.IsZero() {
		t.Error("an unchanged path is built again")
	}
}

func TestTheLifeOfAnAnswer(t *testing.T) {
	s := NewChats(nil)
	c := s.New("gpt-4.1", nil, noon)
	id := say(t, s, c, "go").Request.ID
	at := func(what string, phase Phase, text string) {
		t.Helper()
		if v := c.Views()[1]; v.Phase != phase || v.Text != text {
			t.Errorf("%s: phase %d, %q", what, v.Phase, v.Text)
		}
	}
	at("asked", Queued, "")
	event(s, id, relay.Sent, "")
	at("sent", Waiting, "")
	event(s, id, relay.Reasoning, "let me think")
	at("thinking", Streaming, "")
	event(s, id, relay.Failed, "")
	at("failed, and the next event has not come", Streaming, "")
	cause := &relay.WaitCause{Kind: relay.WaitAsked, Wait: time.Second}
	s.Apply(&relay.Event{Kind: relay.Waiting, ID: id, At: noon, Until: noon.Add(time.Second), Cause: cause})
	at("retrying", Retrying, "")
	if v := c.Views()[1]; v.Cause != cause || v.Until != noon.Add(time.Second) {
		t.Errorf("waits for %+v until %v", v.Cause, v.Until)
	}
	s.Apply(&relay.Event{Kind: relay.Sent, ID: id, At: noon, Attempt: 2, Model: "deepseek-v3.2"})
	if v := c.Views()[1]; v.Reasoning != "" || v.Model != "deepseek-v3.2" || v.Attempt != 2 || !v.Until.IsZero() {
		t.Errorf("the second attempt began with %+v", v)
	}
	event(s, id, relay.Text, "half an ans")
	e := end(s, id, relay.StatusCancelled, "")
	at("stopped", Ended, "half an ans")
	if e == nil || e.Queued || c.Header().Streaming {
		t.Errorf("ended as %+v", e)
	}
	event(s, id, relay.Text, "wer")
	at("late text", Ended, "half an ans")
}

// TestAnEstimateStaysInTheCostOfAChat: an exact answer after it does not make the sum exact.
func TestAnEstimateStaysInTheCostOfAChat(t *testing.T) {
	s := NewChats(nil)
	c := s.New("gpt-4.1", nil, noon)
	for i, answer := range []struct{ estimated, want bool }{{false, false}, {true, true}, {false, true}} {
		id := say(t, s, c, "q").Request.ID
		s.Apply(&relay.Event{Kind: relay.Done, ID: id, At: noon, Result: &relay.Result{
			ID: id, Status: relay.StatusOK, Text: "a",
			Cost: relay.Cost{Amount: 5, Source: relay.SourceRelay, Estimated: answer.estimated},
		}})
		if got := c.Header(); got.Estimated != answer.want {
			t.Errorf("after answer %d: %+v", i, got)
		}
	}
}

func TestToolCallsAreShownInPieces(t *testing.T) {
	s := NewChats(nil)
	c := s.New("gpt-4.1", nil, noon)
	id := say(t, s, c, "weather").Request.ID
	s.Apply(&relay.Event{Kind: relay.Tool, ID: id, At: noon, Name: "look", Reason: "call_1", Text: `{"ci`})
	early := c.Views()[1].Tools
	s.Apply(&relay.Event{Kind: relay.Tool, ID: id, At: noon, Text: `ty":1}`})
	s.Apply(&relay.Event{Kind: relay.Tool, ID: id, At: noon, Index: 1, Name: "see"})
	want := []relay.ToolCall{{ID: "call_1", Name: "look", Arguments: `{"city":1}`}, {Name: "see"}}
	if got := c.Views()[1].Tools; !slices.Equal(got, want) || early[0].Arguments != `{"ci` {
		t.Errorf("%+v, earlier %+v", got, early)
	}
}

func TestTitlesAreTheFirstWords(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		"  hello \n world ":            "hello world",
		strings.Repeat("word ", 20):    "word word word word word word word word word…",
		strings.Repeat("世", 60):        strings.Repeat("世", 48) + "…",
		"tại sao trời xanh":            "tại sao trời xanh",
		"a " + strings.Repeat("b", 50): "a…",
	} {
		if got := Title(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func TestContextIsCountedFromTheLastUsage(t *testing.T) {
	s := NewChats(nil)
	c := s.New("gpt-4.1", nil, noon)
	end(s, say(t, s, c, "one").Request.ID, relay.StatusOK, "first")
	if h := c.Header(); h.Tokens != 30 || h.TokensEst {
		t.Errorf("%d tokens, estimated %v", h.Tokens, h.TokensEst)
	}
	say(t, s, c, strings.Repeat("a", 40))
	if h := c.Header(); h.Tokens != 40 || !h.TokensEst {
		t.Errorf("%d tokens, estimated %v", h.Tokens, h.TokensEst)
	}
}

func TestChatsAreListedPinnedThenNewest(t *testing.T) {
	s := NewChats(nil)
	var ids []string
	for i := range 3 {
		c := s.New("m", nil, noon)
		turns, _ := s.Ask(c, Prompt{Text: "hi"}, noon.Add(time.Duration(i)*time.Minute))
		end(s, turns[0].Request.ID, relay.StatusOK, "x")
		ids = append(ids, c.ID())
	}
	s.Set(s.Get(ids[0]), func(r *Record) { r.Pinned = true })
	empty := s.New("m", nil, noon)
	var got []string
	for _, h := range s.Headers("") {
		got = append(got, h.ID)
	}
	if !slices.Equal(got, []string{ids[0], ids[2], ids[1]}) {
		t.Errorf("listed %v of %v", got, ids)
	}
	if len(s.Headers(empty.ID())) != 4 {
		t.Error("the open chat is not listed")
	}
}

func TestDeletingStopsWriting(t *testing.T) {
	s := NewChats(nil)
	c := s.New("m", nil, noon)
	id := say(t, s, c, "hi").Request.ID
	event(s, id, relay.Text, "text")
	if live := s.Delete(c); !slices.Equal(live, []relay.ID{id}) {
		t.Error("streaming is not reported")
	}
	if mine, _ := s.Apply(&relay.Event{Kind: relay.Text, ID: id, Text: "more"}); mine || len(s.TakeDirty()) != 0 {
		t.Error("a deleted chat is written")
	}
}

// TestWhatGrowsKeepsItsShape: a token changes nothing but the answer that it belongs to; everything else does.
func TestWhatGrowsKeepsItsShape(t *testing.T) {
	s := NewChats(nil)
	c := s.New("m", nil, noon)
	end(s, say(t, s, c, "one").Request.ID, relay.StatusOK, "first")
	id := say(t, s, c, "two").Request.ID
	shape := c.Header().Shape
	for _, text := range []string{"a", "b"} {
		event(s, id, relay.Text, text)
		g := c.Growing()
		if h := c.Header(); h.Shape != shape || len(g) != 1 {
			t.Fatalf("shape %d, was %d", h.Shape, shape)
		}
	}
	if g := c.Growing(); g[0].Text != "ab" || g[0].ID != c.Views()[3].ID {
		t.Errorf("%+v", g)
	}
	changed := func(what string) {
		t.Helper()
		if now := c.Header().Shape; now == shape {
			t.Errorf("%s keeps the shape", what)
		} else {
			shape = now
		}
	}
	end(s, id, relay.StatusOK, "ab")
	if changed("an end"); len(c.Growing()) != 0 {
		t.Error("it still grows")
	}
	turn, err := s.Regenerate(c, c.Views()[3].ID, noon)
	if err != nil {
		t.Fatal(err)
	}
	changed("regenerating")
	end(s, turn.Request.ID, relay.StatusOK, "cd")
	changed("its end")
	s.Switch(c, c.Views()[3].ID, -1)
	if changed("a switch"); c.Views()[3].Text != "ab" || c.leaf().view.ID != c.Views()[3].ID {
		t.Errorf("the leaf is %q", c.leaf().read().Text)
	}
}
