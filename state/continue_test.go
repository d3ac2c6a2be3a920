package state

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/state/portable"
	"relaytop/state/session"
)

const cutOff = "The tide rises because the moon pulls at the wat"

// stopped asks something and ends the answer early.
func stopped(t *testing.T, s *Store, w *wire) (chat string, answer session.View) {
	t.Helper()
	chat = s.Snapshot().Chat.ID
	if err := s.Talk().Ask(chat, "why"); err != nil {
		t.Fatal(err)
	}
	id := w.last().ID
	w.send(id)
	w.text(id, cutOff)
	w.end(id, &relay.Result{Status: relay.StatusCancelled, Text: cutOff})
	return chat, s.Talk().Messages(chat)[1]
}

// TestAContinuedAnswerIsOnDiskAsOne, even if the program is killed while it streams. The prompt that asks for the
// rest is never stored.
func TestAContinuedAnswerIsOnDiskAsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newShelf()
		s, w := newStore(t, a)
		chat, old := stopped(t, s, w)
		synctest.Wait()
		if err := s.Talk().Continue(chat, old.ID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		killed, _ := newStore(t, a)
		if v := killed.Talk().Messages(chat); len(v) != 2 || v[1].Text != cutOff || v[1].Siblings != 2 || !v[1].Partial {
			t.Errorf("killed before a word came, it shows %+v", v)
		}
		closed(t, killed)
		r := w.last()
		if len(r.Messages) != 3 || r.Messages[1].Text != cutOff || r.Messages[2].Role != "user" || r.Cache {
			t.Errorf("sent %+v", r)
		}
		w.send(r.ID)
		w.text(r.ID, "er, tw")
		<-time.After(2 * saveEvery)
		killed, again := newStore(t, a)
		v := killed.Talk().Messages(chat)
		if len(v) != 2 || v[1].Text != cutOff+"er, tw" || !v[1].Partial || v[1].Siblings != 2 {
			t.Errorf("killed while it streams, it shows %+v", v)
		}
		if err := killed.Talk().Continue(chat, v[1].ID); err != nil || again.last().Messages[1].Text != cutOff+"er, tw" {
			t.Errorf("it can't be gone on with: %v", err)
		}
		again.end(again.last().ID, &relay.Result{Status: relay.StatusCancelled})
		w.end(r.ID, &relay.Result{Status: relay.StatusOK, Text: "er, twice."})
		synctest.Wait()
		if got := a.texts(chat, "assistant"); !slices.Contains(got, cutOff) || !slices.Contains(got, cutOff+"er, twice.") {
			t.Errorf("on disk %q", got)
		}
		if got := a.texts(chat, "user"); !slices.Equal(got, []string{"why"}) {
			t.Errorf("on disk the user said %q", got)
		}
		closed(t, killed)
		closed(t, s)
	})
}

func TestAContinuedAnswerGoesWhereAnswersGo(t *testing.T) {
	a := newShelf()
	s, w := newStore(t, a)
	chat, old := stopped(t, s, w)
	if err := s.Talk().Continue(chat, old.ID); err != nil {
		t.Fatal(err)
	}
	r := w.last()
	if in := s.Requests().Inspect(r.ID); !in.Live || s.Talk().Messages(chat)[1].Request != r.ID || r.ID == old.Request {
		t.Errorf("the inspector sees %+v", in)
	}
	w.answer(r.ID, "er, twice a day.")
	whole := cutOff + "er, twice a day."
	in := s.Requests().Inspect(r.ID)
	if in.Result == nil || in.Result.Text != "er, twice a day." || in.Result.Usage.Output != 5 {
		t.Errorf("the inspector sees %+v", in.Result)
	}
	c, err := s.Library().Export(chat)
	if err != nil {
		t.Fatal(err)
	}
	var md, file bytes.Buffer
	if err := portable.Markdown(&md, c); err != nil || strings.Count(md.String(), "\n## ") != 2 ||
		!strings.Contains(md.String(), "\n"+whole+"\n") {
		t.Errorf("%v:\n%s", err, md.String())
	}
	if err := portable.JSON(&file, c); err != nil {
		t.Fatal(err)
	}
	read, err := portable.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	came, err := s.Library().Import(read)
	if err != nil {
		t.Fatal(err)
	}
	forked, err := s.Library().Fork(chat, s.Talk().Messages(chat)[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	s, w = newStore(t, a)
	defer closed(t, s)
	for name, siblings := range map[string]int{chat: 2, came: 2, forked: 1} {
		if err := s.Library().Open(name); err != nil {
			t.Fatal(err)
		}
		v := s.Talk().Messages(name)
		if len(v) != 2 || v[1].Text != whole || v[1].Carried != len(cutOff) || v[1].Siblings != siblings || v[1].Out != 5 {
			t.Errorf("it came back as %+v", v)
		}
		if err := s.Talk().Ask(name, "more"); err != nil || len(w.last().Messages) != 3 ||
			w.last().Messages[1].Text != whole {
			t.Errorf("%v, the next turn sends %+v", err, w.last().Messages)
		}
		w.end(w.last().ID, &relay.Result{Status: relay.StatusCancelled})
	}
	if f, err := s.Library().Search("water", 10, 0); err != nil || len(f.Hits) != 3 {
		t.Errorf("%v: a word over the seam is found %d times", err, len(f.Hits))
	}
}
