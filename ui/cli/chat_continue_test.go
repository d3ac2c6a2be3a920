package cli_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai"
	"relaytop/relay/pool"
	"relaytop/relay/route"
	"relaytop/relay/sim"
	"relaytop/state"
	"relaytop/state/archive"
	"relaytop/state/session"
)

// wired is the store with its database on one side and, on the other, the engine and a simulated relay.
type wired struct {
	*state.Store
	sim   *sim.Server
	close func()
}

func wire(t *testing.T, file string) *wired {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := sim.Start(context.Background(), sim.Options{TTFT: -1, ITL: -1})
	must(err)
	kept, err := archive.Open(file, archive.Options{})
	must(err)
	st := state.New(state.Options{Archive: kept, Model: "gpt-4.1", Params: relay.DefaultParams()})
	e := relay.Endpoint{Name: "sim", Kind: "sim", BaseURL: s.URL(), Timeout: patience}
	client, err := openai.New(e, openai.Options{})
	must(err)
	paths, err := route.New(route.Options{Endpoints: []relay.Endpoint{e}, Pick: route.Ordered, Notify: st.Apply})
	must(err)
	workers, err := pool.New(pool.Options{Senders: map[string]pool.Sender{"sim": client}, Route: paths, Sink: st.Apply,
		Workers: 2})
	must(err)
	st.SetEngine(workers)
	return &wired{Store: st, sim: s, close: func() {
		must(workers.Close(context.Background()))
		client.Close()
		must(st.Close(context.Background()))
		must(kept.Close(context.Background()))
		must(s.Close())
	}}
}

// ended waits for the last answer of a chat.
func (w *wired) ended(t *testing.T, chat string) session.View {
	t.Helper()
	late := time.After(patience)
	for {
		if v := w.Talk().Messages(chat); len(v) > 0 && v[len(v)-1].Result != nil {
			return v[len(v)-1]
		}
		select {
		case <-w.Changed():
		case <-late:
			t.Fatalf("no end: %+v", w.Talk().Messages(chat))
		}
	}
}

// TestAnAnswerIsContinuedOverTheWire: a relay cuts an answer off and begins the rest with words that it has already
// sent. One answer without the repetition is kept.
func TestAnAnswerIsContinuedOverTheWire(t *testing.T) {
	const whole = "The tide rises because the moon pulls at the water, and the water gives way. It does so twice a day."
	file := filepath.Join(t.TempDir(), "relaytop.db")
	w := wire(t, file)
	first := sim.Rule{Prompt: "tide", Do: []sim.Edit{sim.Text(whole), sim.CutContent(9, sim.EndAbort)}}
	w.sim.Script(first)
	chat := w.Library().New()
	if err := w.Talk().Ask(chat, "why is there a tide"); err != nil {
		t.Fatal(err)
	}
	cut := w.ended(t, chat)
	if cut.Result.Status != relay.StatusTruncated || !strings.HasPrefix(whole, cut.Text) || len(cut.Text) < 20 {
		t.Fatalf("cut to %q: %s", cut.Text, cut.Result.Status)
	}
	w.sim.Script(sim.Rule{Prompt: "Continue exactly", Do: []sim.Edit{sim.Text(whole[len(cut.Text)-15:]),
		sim.Counts(relay.Usage{Input: 40, Output: 20, Total: 60})}}, first)
	if err := w.Talk().Continue(chat, cut.ID); err != nil {
		t.Fatal(err)
	}
	v := w.ended(t, chat)
	if v.Text != whole || v.Result.Status != relay.StatusOK || v.Result.Usage.Output != 20 || v.Siblings != 2 ||
		len(w.Talk().Messages(chat)) != 2 {
		t.Errorf("it became %+v", v)
	}
	x := w.Requests().Exchanges(v.Request)
	if len(x) != 1 || !strings.Contains(string(x[0].Body), `{"role":"assistant","content":"`+cut.Text+
		`"},{"role":"user","content":"Continue exactly`) {
		t.Errorf("sent %+v", x)
	}
	w.close()
	w = wire(t, file)
	defer w.close()
	if err := w.Library().Open(chat); err != nil {
		t.Fatal(err)
	}
	if got := w.Talk().Messages(chat); len(got) != 2 || got[1].Text != whole || got[1].Carried != len(cut.Text) {
		t.Errorf("it came back as %+v", got)
	}
	f, err := w.Library().Search("twice pulls", 10, 0) // of both parts
	if err != nil || len(f.Hits) != 1 || f.Hits[0].Message != v.ID {
		t.Errorf("%v, found %+v", err, f)
	}
	if f, err := w.Library().Search("continue exactly", 10, 0); err != nil || len(f.Hits) != 0 {
		t.Errorf("%v: nobody said so: %+v", err, f)
	}
}
