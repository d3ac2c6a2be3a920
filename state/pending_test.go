package state

import (
	"testing"
	"time"

	"relaytop/relay"
)

// TestPendingIsTheCostOfTheAnswer: while an answer streams, the strip's estimate is that of the answer's own line.
func TestPendingIsTheCostOfTheAnswer(t *testing.T) {
	w := &wire{}
	s := New(Options{Engine: w, Model: "gpt-4.1", Params: relay.DefaultParams(),
		Price: func(_ string, input, output int64) (relay.Cost, bool) {
			return relay.Cost{Amount: relay.Money(input + 1000*output), Source: relay.SourceList}, true
		}})
	w.store = s
	defer closed(t, s)
	chat := s.Snapshot().Chat.ID
	if err := s.Talk().Ask(chat, "hello, this is a question of some length"); err != nil {
		t.Fatal(err)
	}
	q := w.last()
	s.Apply(relay.Event{Kind: relay.Queued, ID: q.ID, Model: q.Model, At: time.Now(),
		Usage: &relay.Usage{Input: relay.EstimateInput(&q), Estimated: true}}) // as the pool does
	w.send(q.ID)
	w.text(q.ID, "some words of an answer")
	views := s.Talk().Messages(chat)
	own := views[len(views)-1].Cost
	if own.Amount == 0 || !own.Estimated || s.Snapshot().Spent.Pending != own.Amount {
		t.Errorf("%v of the answer, %v on the strip", own, s.Snapshot().Spent.Pending)
	}
	w.end(q.ID, &relay.Result{Status: relay.StatusOK, Text: "some words of an answer", Asked: "gpt-4.1",
		Usage: &relay.Usage{Input: 10, Output: 5}, Cost: relay.Cost{Amount: 7, Source: relay.SourceReported}})
	if f := s.meter.Figures(time.Now().Add(time.Second), 0); f.Pending != 0 || f.Cost != 7 {
		t.Errorf("settled: %v, %v pending", f.Cost, f.Pending)
	}
}
