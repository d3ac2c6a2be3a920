package job

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

// wholeRecord is a record in which every field is set, also those of its usage and its cost.
func wholeRecord(t *testing.T) *record {
	r := &record{Key: "0a", Occ: 1, N: 2, ID: "a\"b\\c\n\u2028é\xff<&", Try: 3, State: stateOK,
		At: time.Date(2026, 2, 3, 4, 5, 6, 7008, time.FixedZone("", 3600)), Request: math.MaxUint64,
		Body: json.RawMessage(`{"a":[1,"x"]}`), HTTP: 200, Status: relay.StatusLength, Finish: "length",
		Err: &rowError{Class: relay.ClassUpstream, Message: "no"},
		Usage: &relay.Usage{Input: 1, Cached: 2, CacheWrite: 3, Output: 4, Reasoning: 5, Total: 6, Estimated: true,
			Doubtful: true},
		Cost: &relay.Cost{Amount: 7, Source: relay.SourceList, Estimated: true, List: 8, ListKnown: true, AsOf: "2026",
			Part: 9, Bill: &relay.Bill{From: "a list"}},
		Prior: -10, Before: &relay.Usage{Output: 11}, TTFT: 0.001, E2E: 1234567.125, TPS: 1.0 / 3, Model: "m", Asked: "n",
		Endpoint: "e", Attempts: 12, Fallback: &relay.Fallback{From: "a", To: "b"}, Remote: "r", Cached: true, Cut: true,
		Part: &Part{N: 1}}
	for _, v := range []any{*r, *r.Usage, *r.Cost} {
		for i, v := 0, reflect.ValueOf(v); i < v.NumField(); i++ {
			if v.Field(i).IsZero() {
				t.Fatalf("the test leaves out %s.%s", v.Type(), v.Type().Field(i).Name)
			}
		}
	}
	return r
}

// TestRecordsAreWrittenAsJSON: encoding/json reads from what is written what it reads from its own.
func TestRecordsAreWrittenAsJSON(t *testing.T) {
	whole := wholeRecord(t)
	broken := &record{Body: json.RawMessage("{\n\"a\" :\n1}\n")}
	empty := &record{Usage: &relay.Usage{}, Cost: &relay.Cost{}}
	for name, r := range map[string]*record{"whole": whole, "zero": {}, "empty": empty, "lines": broken} {
		got, err := writeRecord(nil, r)
		if err != nil {
			t.Fatal(name, err)
		}
		want, err := json.Marshal(r)
		if err != nil {
			t.Fatal(name, err)
		}
		if bytes.IndexByte(got, '\n') >= 0 {
			t.Errorf("%s has more than one line: %q", name, got)
		}
		var ours, theirs any
		if err := json.Unmarshal(got, &ours); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, got)
		}
		if err := json.Unmarshal(want, &theirs); err != nil {
			t.Fatal(name, err)
		}
		if !reflect.DeepEqual(ours, theirs) {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
	room := make([]byte, 0, 4<<10)
	whole.Err, whole.Cost.Bill, whole.Fallback, whole.Part = nil, nil, nil, nil // what few records have
	if n := testing.AllocsPerRun(100, func() { _, _ = writeRecord(room, whole) }); n > 1 {
		t.Errorf("%v allocations for a record, want that of its id, which is not UTF-8", n)
	}
}

func TestARecordThatIsNoJSON(t *testing.T) {
	for want, r := range map[string]*record{"ttft": {TTFT: math.NaN()}, "tps": {TPS: math.Inf(1)},
		"year": {At: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}} {
		if _, err := encodeRecord(r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
