package job

import (
	"math"
	"testing"
	"time"

	"relaytop/relay"
)

func TestWhatSetsThePace(t *testing.T) {
	p := Plan{Good: 1000, InputTokens: 200_000, OutputLikely: 300_000} // 500 tokens a row
	limited := []relay.Allowance{{RequestsMax: 500, TokensMax: 100_000}}
	for _, c := range []struct {
		name    string
		n       int
		latency time.Duration
		limits  []relay.Allowance
		by      Pacer
		took    time.Duration
		atOnce  float64
	}{
		{"concurrency", 10, 6 * time.Second, nil, PaceConcurrency, 10 * time.Minute, 10},
		{"tokens a minute", 50, 3 * time.Second, limited, PaceTokens, 294 * time.Second, 10},
		{"requests a minute", 50, 3 * time.Second, []relay.Allowance{{RequestsMax: 100}}, PaceRequests,
			594 * time.Second, 5},
		{"a second relay without limits", 50, 3 * time.Second, append(limited, relay.Allowance{}),
			PaceConcurrency, time.Minute, 50},
		{"two limited relays add up", 50, 3 * time.Second, append(limited, limited...), PaceTokens,
			144 * time.Second, 21},
		{"only the limits are known", 50, 0, limited, PaceTokens, 294 * time.Second, 0},
		{"nothing is known", 50, 0, nil, PaceUnknown, 0, 0},
	} {
		o := p.Outlook(c.n, c.latency, c.limits)
		if o.By != c.by || o.Took.Round(time.Millisecond) != c.took || math.Round(o.AtOnce) != c.atOnce {
			t.Errorf("%s: %+v", c.name, o)
		}
	}
	few := Plan{Good: 3, InputTokens: 300, OutputLikely: 300}
	if o := few.Outlook(10, 2*time.Second, limited); o.By != PaceConcurrency || o.Took != 2*time.Second {
		t.Errorf("3 rows at once: %+v", o)
	}
	// of 200 rows 50 go at once, and then 500 a minute
	some := Plan{Good: 200}
	o := some.Outlook(20, 300*time.Millisecond, []relay.Allowance{{RequestsMax: 500}})
	if o.By != PaceRequests || o.Took.Round(time.Second) != 18*time.Second || o.Requests != 200 {
		t.Errorf("200 rows: %+v", o)
	}
	if o := (&Plan{}).Outlook(10, time.Second, limited); o != (Outlook{}) {
		t.Errorf("no row: %+v", o)
	}
}

// TestTheRestOfARunSaysHowMuchDiskItTakes: the rows that are left, and a copy of what was answered.
func TestTheRestOfARunSaysHowMuchDiskItTakes(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, newFake(echo), func(cfg *Config) {
		cfg.Measured = func(string) relay.Measured { return relay.Measured{Answers: 5, Output: 1000} }
	})
	h := Header{Rows: 110, OK: 10, Journal: 50_000, Out: dir + "/out.jsonl"}
	h.Usage.Output = 2000 // 200 a row
	want := int64(100*(journalBytes+lineBytes) + 2*100*200*tokenBytes + 50_000)
	if s := b.Space(&h); s.Need != want || !s.FreeKnown || s.Short() {
		t.Errorf("%+v, want %d", s, want)
	}
	h = Header{Rows: 100, Out: h.Out}
	if s := b.Space(&h); s.Need != 100*(journalBytes+lineBytes)+2*100*1000*tokenBytes {
		t.Errorf("measured before: %+v", s)
	}
	if s := (Space{Need: 2, Free: 1}); s.Short() {
		t.Error("what is free is not known, and it is called short")
	}
}

func TestAPlanSaysHowMuchDiskItTakes(t *testing.T) {
	dir := t.TempDir()
	p := Plan{Rows: 1000, OutputLikely: 256_000, Out: dir + "/out.jsonl"}
	s := p.space(dir)
	if s.Need < 1000*journalBytes+2*256_000*tokenBytes || s.Need > 5_000_000 || !s.FreeKnown || s.Free <= 0 {
		t.Errorf("%+v", s)
	}
}
