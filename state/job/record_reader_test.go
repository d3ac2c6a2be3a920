package job

import (
	"bufio"
	"encoding/json"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

// everyField is a record with all of its fields set.
func everyField() record {
	return record{Key: strings.Repeat("5a", 16), Occ: 3, N: 7, ID: `a "quoted" é`, Try: 2, State: stateIncomplete,
		At: time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC), Request: 1<<64 - 1,
		Body: json.RawMessage(`{"a":"b\\","c":[{},"}",-1.5e3,null,"\""],"d":"\u2028 ü"}`), HTTP: 200,
		Status: relay.StatusLength, Finish: "length", Err: &rowError{Class: relay.ClassUpstream, Code: "x", Message: "a,}"},
		Usage: &relay.Usage{Input: 1, Cached: 2, CacheWrite: 3, Output: 4, Reasoning: 5, Total: 6, Estimated: true,
			Doubtful: true},
		Cost: &relay.Cost{Amount: -5, Source: relay.SourceList, Estimated: true, List: 8, ListKnown: true,
			AsOf: "2026-01-01", Part: 9},
		Prior: 10, Before: &relay.Usage{Input: 11}, TTFT: 0.125, E2E: 12345.5, TPS: 3.5, Model: "m", Asked: "n",
		Endpoint: "e", Attempts: 4, Fallback: &relay.Fallback{From: "a", To: "b", Reason: "c"}, Remote: "r", Cached: true,
		Cut: true, Part: &Part{N: 1, Step: StepPlanned}}
}

// TestARecordIsReadAsJSONIsRead, whatever its fields hold, and although the reader keeps what it read before.
func TestARecordIsReadAsJSONIsRead(t *testing.T) {
	list := []record{everyField(), {}, everyField(), {State: stateLost, N: 3}}
	full := reflect.ValueOf(everyField())
	for i := range full.NumField() {
		if full.Field(i).IsZero() {
			t.Errorf("the test does not set %s", full.Type().Field(i).Name)
		}
		var one record
		reflect.ValueOf(&one).Elem().Field(i).Set(full.Field(i))
		list = append(list, one)
	}
	bill := everyField()
	bill.Cost.Bill = &relay.Bill{From: "the list"} // not usual in a journal
	var reader recordReader
	for _, rec := range append(list, bill) {
		line, err := encodeRecord(&rec)
		if err != nil {
			t.Fatal(err)
		}
		want, ok := decodeRecord(line[:len(line)-1])
		if !ok {
			t.Fatalf("%s is damaged", line)
		}
		if got, ok := reader.read(line[:len(line)-1]); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nis read as\n%+v\nand is\n%+v", line, got, want)
		}
	}
}

// TestAJournalIsReadWithoutItsAnswers: of a record only what differs from the one before takes memory.
func TestAJournalIsReadWithoutItsAnswers(t *testing.T) {
	rec := everyField()
	rec.ID, rec.Err, rec.Before, rec.Fallback, rec.Part = "row-1", nil, nil, nil, nil
	rec.Body = json.RawMessage(`{"text":"` + strings.Repeat("all the answer ", 1000) + `"}`)
	line, err := encodeRecord(&rec)
	if err != nil {
		t.Fatal(err)
	}
	var reader recordReader
	line = line[:len(line)-1]
	const records = 100
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range records {
		reader.read(line)
	}
	runtime.ReadMemStats(&after)
	if n := (after.TotalAlloc - before.TotalAlloc) / records; n > uint64(len(rec.Body))/32 {
		t.Errorf("%d bytes for a record with a body of %d", n, len(rec.Body))
	}
	line[len(line)-2] ^= 1
	if _, ok := reader.read(line); ok {
		t.Error("a damaged record was read")
	}
}

// FuzzRecord compares the reader of a journal with encoding/json on records that hold any texts.
func FuzzRecord(f *testing.F) {
	f.Add("row-1", "deepseek-v3.2", "why", `{"choices":[]}`, int64(5), 1.5)
	f.Add(`"\`, "\u2028é", "}", `"\\"`, int64(-1), 1e300)
	f.Fuzz(func(t *testing.T, id, model, why, body string, n int64, ms float64) {
		rec := record{ID: id, Model: model, Err: &rowError{Message: why}, N: int(n), TTFT: ms, State: stateOK,
			Cost: &relay.Cost{Amount: relay.Money(n), AsOf: why}, Usage: &relay.Usage{Input: n}}
		if json.Valid([]byte(body)) {
			rec.Body = json.RawMessage(body)
		}
		line, err := encodeRecord(&rec)
		if err != nil {
			return // not a number
		}
		line = line[:len(line)-1]
		want, ok := decodeRecord(line)
		var reader recordReader
		for range 2 {
			if got, read := reader.read(line); read != ok || !reflect.DeepEqual(got, want) {
				t.Fatalf("%s\nis read as\n%+v\nand is\n%+v", line, got, want)
			}
		}
	})
}

// BenchmarkReplay reads the journal of a run of 100,000 rows.
func BenchmarkReplay(b *testing.B) {
	var all strings.Builder
	w := bufio.NewWriter(&all)
	rec := everyField()
	rec.Err, rec.Before, rec.Fallback, rec.Part = nil, nil, nil, nil
	for i := range 100_000 {
		rec.ID = fmt.Sprint("row-", i)
		line, err := encodeRecord(&rec)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = w.Write(line)
	}
	_ = w.Flush() // into memory
	b.SetBytes(int64(all.Len()))
	journal := all.String()
	for b.Loop() {
		if _, damaged, err := replay(strings.NewReader(journal), 0, func(int64, *record) {}); err != nil || damaged > 0 {
			b.Fatal(damaged, err)
		}
	}
}
