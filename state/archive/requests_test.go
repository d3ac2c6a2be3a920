package archive

import (
	"path/filepath"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state/filter"
	"relaytop/state/session"
)

// kinds records requests of each kind that a filter tells apart, the oldest first, and names each by a letter.
func kinds(t *testing.T, a *Archive) map[relay.ID]string {
	t.Helper()
	names := map[relay.ID]string{}
	add := func(name string, c session.RecordContext, change func(*relay.Result)) {
		r := result(relay.StatusOK, relay.USD/1000)
		r.Wall = r.Wall.Add(time.Duration(len(names)) * time.Second)
		change(r)
		names[r.ID] = name
		a.Record(r, c)
	}
	fail := func(s relay.Status, c relay.Class) func(*relay.Result) {
		return func(r *relay.Result) { r.Status, r.Err = s, &relay.Error{Class: c, Status: 503, Message: "no"} }
	}
	if err := a.SaveChat(session.Record{ID: "c"}); err != nil {
		t.Fatal(err)
	}
	say(t, a, "c", 1, "where is my refund")
	m := message("c", 2)
	m.Parent, m.Text, m.Ended = 1, "it was paid on Monday", true
	if err := a.SaveMessage(m); err != nil {
		t.Fatal(err)
	}
	say(t, a, "c", 3, "nothing of it")
	add("a", session.RecordContext{Chat: "c", Message: 2}, func(r *relay.Result) { r.Lane = relay.LaneChat })
	add("b", session.RecordContext{Chat: "c", Message: 3}, func(r *relay.Result) { r.Endpoint = "backup-eu" })
	add("c", session.RecordContext{}, fail(relay.StatusFailed, relay.ClassOverloaded))
	add("d", session.RecordContext{}, fail(relay.StatusTruncated, relay.ClassTruncated))
	add("e", session.RecordContext{}, fail(relay.StatusCancelled, relay.ClassCancelled))
	add("f", session.RecordContext{}, func(r *relay.Result) {
		again := twice()
		r.Attempts, r.Timing = again.Attempts, again.Timing
	})
	add("g", session.RecordContext{Run: "7F3A-1"}, func(r *relay.Result) {
		r.Requested, r.Asked, r.Cost.Amount = "DeepSeek-v3", "", relay.USD
		r.Timing = relay.Timing{}
		r.Attempts = nil
	})
	return names
}

// TestRequests: each term keeps the requests that match it, newest first, and with - the others.
func TestRequests(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	names := kinds(t, a)
	for typed, want := range map[string]string{
		"": "gfedcba", "err": "dc", "ok": "gfba", "-err": "gfeba", "retried": "f", "cut": "d",
		">500ms": "f", "<500ms": "edcba", "->500ms": "gedcba", "ttft>50ms": "f", "ttft<50ms": "edcba",
		"cost>0.01": "g", "cost<0.01": "fedcba", "model:deepseek": "g", "at:BACKUP": "b", "lane:chat": "a",
		"class:overloaded": "c", "-class:overloaded err": "d", "run:7f3a": "g",
		"refund": "a", "monday": "a", "refund monday": "a", "-refund": "gfedcb", "nothing": "b", "refund at:backup": "",
		"xyzzy": "", "'": "gfedcba",
	} {
		p, err := a.Requests(filter.Query{Filter: filter.Parse(typed), Limit: 100})
		if err != nil {
			t.Errorf("%q: %v", typed, err)
		}
		got := ""
		for _, r := range p.Results {
			got += names[r.ID]
		}
		if got != want || p.Next != (filter.Place{}) {
			t.Errorf("%q finds %q, not %q", typed, got, want)
		}
	}
}

// TestRequestsInPages: pages follow each other without a gap while newer requests end, also those of one moment.
func TestRequestsInPages(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	var want []relay.ID
	for range 7 {
		r := result(relay.StatusOK, 1)
		want = append([]relay.ID{r.ID}, want...)
		a.Record(r, session.RecordContext{})
	}
	q := filter.Query{Limit: 3}
	var got []relay.ID
	for page := 0; ; page++ {
		p, err := a.Requests(q)
		if err != nil || page > 3 {
			t.Fatal(page, err)
		}
		for _, r := range p.Results {
			got = append(got, r.ID)
		}
		if q.After = p.Next; p.Next == (filter.Place{}) {
			break
		}
		newer := result(relay.StatusOK, 1)
		newer.Wall = newer.Wall.Add(time.Hour)
		a.Record(newer, session.RecordContext{})
	}
	if len(got) != len(want) {
		t.Fatalf("%d requests in pages, not %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("request %d is %v, not %v", i, got[i], want[i])
		}
	}
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.Local)
	for _, c := range []struct {
		q    filter.Query
		want int
	}{{filter.Query{To: noon.Add(time.Second)}, 7}, {filter.Query{To: noon}, 0},
		{filter.Query{From: noon.Add(time.Second)}, 2}} {
		c.q.Limit = 100
		if p, err := a.Requests(c.q); err != nil || len(p.Results) != c.want {
			t.Errorf("%d from %v to %v, not %d, %v", len(p.Results), c.q.From, c.q.To, c.want, err)
		}
	}
}
