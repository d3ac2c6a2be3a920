package job

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// usualRows are rows that are read without a tree, and some that look like them.
func usualRows() (usual, others []string) {
	usual = []string{
		`{"custom_id":"a","prompt":"What is 2 + 2?"}`,
		`{"id":"a","prompt":"a\n\"b\"\\ \/ \u00e9 <&> \t\u0001\u2028 日本"}`,
		` {"prompt" : "x\u007f` + "\u2029\u007f" + `" , "custom_id":"c" , "id":"b"} `,
		`{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[` +
			`{"role":"system","content":""},{"content":"x \u00fc","role":"user"}],"temperature":0.50,"max_tokens":20}}`,
		`{"custom_id":"a","body":{"seed":-3,"b":true,"a":null,"model":"\u00e9","messages":[{"role":"user","content":"x"}]}}`,
	}
	others = []string{
		`{"prompt":"\ud83d\ude00"}`, `{"prompt":"\ud83d"}`, `{"prompt":"a","prompt":"b"}`, `{"prompt":"x","temperature":1}`,
		`{"prompt":" "}`, `{"prompt":"a"} x`, `{"prompt":"a"`, `{"prompt":"a","method":"POST"}`, `{"id":7,"prompt":"a"}`,
		`{"custom_id":"a","body":{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true}}`,
		`{"custom_id":"a","body":{"messages":[{"role":"user","content":"x"}]}}`,
		`{"body":{"model":"m","max_tokens":1,"max_completion_tokens":2,"messages":[{"role":"user","content":"x"}]}}`,
		`{"body":{"model":"m","temperature":1e0,"messages":[{"role":"user","content":"x","name":"y"}]}}`,
		`{"body":{"model":"m","max_tokens":007,"messages":[]}}`, `"a string"`, `[]`, `{}`, ``,
	}
	return usual, others
}

// TestUsualRowsAreReadAsOthersAre: the same key, id, model, tokens and bound, whatever the row; also with a shard and
// with parameters.
func TestUsualRowsAreReadAsOthersAre(t *testing.T) {
	usual, others := usualRows()
	params := relay.Params{"max_tokens": json.RawMessage("99"), "tools": json.RawMessage(`[{"type":"function"}]`),
		"stop": json.RawMessage(`["<é>"]`)}
	for _, o := range []Options{{Model: "deepseek-v3.2"}, {Model: "m", Params: params, Shard: input.Shard{I: 2, N: 3}}} {
		sp := newSpec(input.Format{Kind: input.JSONL}, o)
		sp.shard = o.Shard
		same := func(line string) (plain bool) {
			t.Helper()
			rec := input.Record{Data: []byte(line), Length: len(line), Line: 1}
			want := sp.findAny(rec)
			got, plain := sp.findPlain(rec)
			if plain && !reflect.DeepEqual(got, want) {
				t.Fatalf("%q:\ngot  %+v\nwant %+v", line, got, want)
			}
			if plain {
				sameRequest(t, sp, line)
			}
			return plain
		}
		for _, line := range usual {
			if !same(line) {
				t.Errorf("%q is not read without a tree", line)
			}
		}
		for _, line := range others {
			same(line)
		}
		signs := []byte("\"\\{}[]:,. \t0123456789-eu+ab\xe2\x80\xa8\xff\x00\x1fnrtf/")
		all := append(usual, others...)
		for i := range 60_000 {
			line := []byte(all[i%len(all)])
			for range 1 + rand.IntN(3) {
				at := rand.IntN(len(line) + 1)
				switch sign := signs[rand.IntN(len(signs))]; {
				case at == len(line) || rand.IntN(3) == 0:
					line = append(line[:at], append([]byte{sign}, line[at:]...)...)
				case rand.IntN(2) == 0:
					line = append(line[:at], line[at+1:]...)
				default:
					line[at] = sign
				}
			}
			same(string(line))
		}
	}
}

// sameRequest compares the request of a row of a usual shape with the one that is made by way of a tree.
func sameRequest(t *testing.T, s *spec, line string) {
	t.Helper()
	got, _, judged, err := s.read([]byte(line))
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	want, _, wanted, err := s.readAny([]byte(line))
	if want.ID = got.ID; err != nil || judged != wanted || !reflect.DeepEqual(got, want) {
		t.Fatalf("%q: %v\ngot  %+v\nwant %+v", line, err, got, want)
	}
}

// TestALongRowIsCopiedOnce: of a prompt of some megabytes only its request has a copy.
func TestALongRowIsCopiedOnce(t *testing.T) {
	sp := newSpec(input.Format{Kind: input.JSONL}, Options{Model: "m"})
	line := []byte(`{"id":"a","prompt":"` + strings.Repeat("all of the text é\u2028", 4<<20/20) + `"}`)
	rec := input.Record{Data: line}
	allocated := func(read func()) uint64 {
		read() // what is made only once
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		read()
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	size := uint64(len(line))
	if n := allocated(func() { sp.findPlain(rec) }); n > size/8 {
		t.Errorf("%d bytes to index a row of %d", n, size)
	}
	if n := allocated(func() { _, _, _, _ = sp.read(line) }); n > size*9/8 {
		t.Errorf("%d bytes for the request of a row of %d", n, size)
	}
	if got, ok := sp.findPlain(rec); !ok || got.key != sp.findAny(rec).key {
		t.Error("the key is not that of the row read by way of a tree")
	}
}
