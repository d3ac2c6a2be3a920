package session

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"relaytop/relay"
)

const picture = "data:image/png;base64,iVBORw0KGgo="

func TestFilesGoWithTheirMessageInEveryLaterTurn(t *testing.T) {
	s := NewChats(nil)
	c := s.New("gpt-4.1", nil, noon)
	parts := []Part{{Name: "a.go", Text: "package a\n"}, {Name: "b.png", Image: picture}}
	turns, err := s.Ask(c, Prompt{Text: "look", Parts: parts}, noon)
	if err != nil {
		t.Fatal(err)
	}
	want := []relay.Part{{Text: "look\n\na.go:\n```\npackage a\n```"}, {Image: picture}}
	if m := turns[0].Request.Messages[0]; m.Text != "" || !slices.Equal(m.Parts, want) {
		t.Errorf("sent %+v", m)
	}
	end(s, turns[0].Request.ID, relay.StatusOK, "seen")
	next, err := s.Ask(c, Prompt{Text: "and now", Parts: []Part{{Name: "c.txt", Text: "```"}}}, noon)
	if err != nil {
		t.Fatal(err)
	}
	sent := next[0].Request.Messages
	if !slices.Equal(sent[0].Parts, want) || sent[2].Text != "and now\n\nc.txt:\n````\n```\n````" || sent[2].Parts != nil {
		t.Errorf("the second turn sent %+v", sent)
	}
	if v := c.Views()[0]; v.Text != "look" || !slices.Equal(v.Parts, parts) {
		t.Errorf("shown %+v", v)
	}
	edited, err := s.Edit(c, c.Views()[0].ID, Prompt{Parts: parts[1:]}, noon)
	if err == nil {
		t.Fatalf("edited while an answer is written: %+v", edited)
	}
}

func TestFilesComeBackWithTheChat(t *testing.T) {
	s := NewChats(nil)
	c := s.New("gpt-4.1", nil, noon)
	parts := []Part{{Name: "b.png", Image: picture}}
	turns, err := s.Ask(c, Prompt{Parts: parts}, noon)
	if err != nil || c.Header().Title != "b.png" {
		t.Fatalf("title %q, %v", c.Header().Title, err)
	}
	if err := s.Enqueue(c, Prompt{Text: "next", Parts: parts}); err != nil {
		t.Fatal(err)
	}
	if q := c.Header().Queued; !slices.Equal(q, []string{"next [b.png]"}) {
		t.Errorf("queued %q", q)
	}
	raw, err := json.Marshal(turns[0].Prompt)
	if err != nil {
		t.Fatal(err)
	}
	var kept MessageRecord
	if err := json.Unmarshal(raw, &kept); err != nil {
		t.Fatal(err)
	}
	again := NewChats(nil)
	again.Restore(c.Record())
	d := again.Get(c.ID())
	d.Load([]MessageRecord{kept}, parts)
	if h := d.Header(); !slices.Equal(d.Views()[0].Parts, parts) || !slices.Equal(h.Files, parts) ||
		h.Tokens != relay.MediaTokens {
		t.Errorf("came back %+v, %+v", d.Views(), h)
	}
	if p, ok := again.Unqueue(d); !ok || p.Text != "next" || !slices.Equal(p.Parts, parts) {
		t.Errorf("queued %+v", p)
	}
}

func TestAQueueOfTextsIsStillRead(t *testing.T) {
	var r Record
	if err := json.Unmarshal([]byte(`{"queue":["old",{"text":"new","parts":[{"name":"a","text":"b"}]}]}`),
		&r); err != nil {
		t.Fatal(err)
	}
	if len(r.Queue) != 2 || r.Queue[0].Text != "old" || r.Queue[1].Parts[0].Name != "a" {
		t.Errorf("%+v", r.Queue)
	}
}

func TestSizesAndFolding(t *testing.T) {
	for data, want := range map[string]int64{"": 0, "AA==": 1, "AAA=": 2, "AAAA": 3} {
		if p := (Part{Image: "data:image/png;base64," + data}); p.Size() != want {
			t.Errorf("%q has %d bytes, want %d", data, p.Size(), want)
		}
	}
	p := Prompt{Text: "see", Parts: []Part{{Name: "paste 1", Text: "x", Pasted: true}, {Name: "f", Text: "y"}}}.Fold()
	if p.Text != "see\n\npaste 1:\n```\nx\n```" || len(p.Parts) != 1 || p.Parts[0].Name != "f" {
		t.Errorf("folded to %+v", p)
	}
	if s := Fenced("two\nlines", strings.Repeat("`", 1<<20)); len(s) != 3<<20+2+2+len("two lines:\n") {
		t.Errorf("a fence of %d", len(s))
	}
}

func TestATitleHasNoPastedText(t *testing.T) {
	p := Prompt{Text: "summary please", Parts: []Part{{Name: "paste 1", Text: "lorem\nipsum", Pasted: true}}}
	for s, want := range map[string]string{p.Fold().Text: "summary please", "see:\n```\ncode\n```": "see: ``` code ```",
		"why\n\nis it": "why is it"} {
		if got := Title(s); got != want {
			t.Errorf("%q is called %q, want %q", s, got, want)
		}
	}
}
