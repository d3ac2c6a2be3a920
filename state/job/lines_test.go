package job

import (
	"encoding/json"
	"testing"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// TestLineMarksAnEstimate: a reader who adds up the lines of an output sees which amounts are estimates.
func TestLineMarksAnEstimate(t *testing.T) {
	for want, cost := range map[relay.Source]*relay.Cost{
		relay.SourceUser: {Source: relay.SourceUser}, relay.SourceEstimated: {Source: relay.SourceUser, Estimated: true},
		relay.SourceSim: {Source: relay.SourceSim, Estimated: true}, relay.SourceUnknown: nil,
	} {
		if l := lineOf(&record{Cost: cost}, &row{}, ""); l.Ours.Source != want {
			t.Errorf("%+v: %s, want %s", cost, l.Ours.Source, want)
		}
	}
}

// TestLineHasTheKnownPart: the cost of earlier tries and attempts is kept if that of the last is unknown.
func TestLineHasTheKnownPart(t *testing.T) {
	unknown := &relay.Cost{Source: relay.SourceUnknown, Part: 3}
	for want, rec := range map[string]*record{
		"": {Cost: &relay.Cost{Source: relay.SourceUnknown}}, "0.000000000003": {Cost: unknown},
		"0.000000000007": {Cost: unknown, Prior: 4}, "0.000000000004": {Prior: 4},
	} {
		l, part := lineOf(rec, &row{}, ""), ""
		if l.Ours.Part != nil {
			part = *l.Ours.Part
		}
		if part != want || l.Ours.Cost != nil || l.Ours.Source != relay.SourceUnknown {
			t.Errorf("%q %+v, want %q", part, l.Ours, want)
		}
	}
}

// TestALineHasTheUsageOfAllAttempts: of the row's tries before the one that was answered too, as its cost has.
func TestALineHasTheUsageOfAllAttempts(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(n int, req relay.Request) *relay.Result {
		if n == 1 {
			r := back(relay.ClassEmpty, relay.BackRound)
			r.Usage = &relay.Usage{Input: 10, Output: 2, Total: 12}
			return r
		}
		return echo(n, req)
	})
	b := open(t, dir, f, nil)
	h := wait(t, b, start(t, b, Options{Input: file(t, dir, "in.txt", prompts(2)), Concurrency: 1}))
	lines := outLines(t, h.Out)
	want := []relay.Usage{{Input: 20, Output: 7, Total: 27}, {Input: 10, Output: 5, Total: 15}}
	for i, l := range lines {
		if l.Ours.Usage == nil || *l.Ours.Usage != want[i] {
			t.Errorf("row %d: %+v, want %+v", i+1, l.Ours.Usage, want[i])
		}
	}
	if len(lines) != 2 || h.Usage.Total != 42 {
		t.Errorf("%d lines, %+v in all", len(lines), h.Usage)
	}
}

// TestAnOutputLineIsWrittenAsJSON: as encoding/json writes it, whatever is set.
func TestAnOutputLineIsWrittenAsJSON(t *testing.T) {
	list := []record{everyField(), {State: stateOK}, {Err: &rowError{Class: relay.ClassAuth, Message: "no"}},
		{Body: json.RawMessage(`{"a":[1,"b"]}`), TTFT: 1.5, Cost: &relay.Cost{Source: relay.SourceUnknown, Part: 5}}}
	for i := range list {
		l := lineOf(&list[i], &row{}, `an "id"`)
		l.Ours.Twice, l.Ours.Removed, l.Ours.Line = i%2 > 0, i == 1, i
		got, err := l.Encode(nil, input.Shard{I: 1, N: 2}, i, 9)
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.Marshal(l)
		if err != nil || string(got) != string(want)+"\n" {
			t.Errorf("%v\n%s\nand not\n%s", err, got, want)
		}
	}
}
