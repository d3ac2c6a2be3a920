package job

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"relaytop/relay"
	"relaytop/state/job/input"
	"relaytop/state/job/outfile"
)

// shardInput has 60 rows, of which every tenth is bad and some are equal.
func shardInput() string {
	var b strings.Builder
	for i := range 60 {
		switch i % 10 {
		case 9:
			b.WriteString("{\"nothing\":1}\n")
		case 8:
			b.WriteString("{\"prompt\":\"equal\"}\n")
		default:
			fmt.Fprintf(&b, "{\"prompt\":\"p%d\"}\n", i)
		}
	}
	return b.String()
}

// Machines that share nothing send every row once between them, and their outputs are one output.
func TestShardsMakeOneOutput(t *testing.T) {
	answer := func(_ int, req relay.Request) *relay.Result {
		if promptIn(req) == "p3" {
			return failed(relay.ClassInvalid)
		}
		return echo(0, req)
	}
	whole := t.TempDir()
	f := newFake(answer)
	b := open(t, whole, f, nil)
	want := wait(t, b, start(t, b, Options{Input: file(t, whole, "in.jsonl", shardInput())}))
	var outs []string
	sent, rows := 0, 0
	for i := 1; i <= 3; i++ {
		dir := t.TempDir()
		f := newFake(answer)
		b := open(t, dir, f, nil)
		in := file(t, dir, "in.jsonl", shardInput())
		h := wait(t, b, start(t, b, Options{Input: in, Shard: input.Shard{I: i, N: 3}}))
		if h.State != Finished || h.Rows+h.Elsewhere != 60 || h.Done() != h.Rows || f.count() == 0 ||
			filepath.Base(h.Out) != fmt.Sprintf("in.%d-of-3.out.jsonl", i) {
			t.Fatalf("shard %d: %+v", i, h)
		}
		if listed := b.Rows(h.ID, 0, 100); len(listed) != h.Rows || b.Focus(h.ID) != h.Rows {
			t.Errorf("shard %d lists %d rows of %d, and the focus is %d", i, len(listed), h.Rows, b.Focus(h.ID))
		}
		outs, sent, rows = append(outs, h.Out), sent+f.count(), rows+h.Rows
	}
	if sent != f.count() || rows != 60 {
		t.Fatalf("%d rows were sent and %d counted, want %d and 60", sent, rows, f.count())
	}
	var merged bytes.Buffer
	j, err := b.JoinShards(t.Context(), []string{outs[2], outs[0], outs[1]}, &merged)
	if err != nil || j.Rows != 60 || j.Counts[outfile.OK] != want.OK || j.Counts[outfile.Skipped] != 6 ||
		j.Counts[outfile.Failed] != 1 ||
		j.Lost+j.Double+len(j.Absent) != 0 {
		t.Fatalf("%+v, %v", j, err)
	}
	got := outLines(t, file(t, whole, "merged.jsonl", merged.String()))
	for i, l := range outLines(t, want.Out) {
		if got[i].CustomID != l.CustomID || got[i].Ours.Outcome != l.Ours.Outcome || got[i].Ours.Row != i+1 {
			t.Errorf("line %d is %s, %s; want %s, %s", i+1, got[i].CustomID, got[i].Ours.Outcome, l.CustomID, l.Ours.Outcome)
		}
	}
	missing(t, b, outs)
}

// missing checks that what is missing, double or strange is named.
func missing(t *testing.T, b *Book, outs []string) {
	var w bytes.Buffer
	j, err := b.JoinShards(t.Context(), []string{outs[0], outs[1], outs[0]}, &w)
	if err != nil || !slices.Equal(j.Absent, []string{"3/3"}) || j.Lost == 0 || j.Double == 0 ||
		strings.Count(w.String(), "\n")+j.Lost != 60 || len(j.Missing) != min(j.Lost, outfile.MaxMissing) {
		t.Errorf("%+v, %v", j, err)
	}
	dir := t.TempDir()
	raw, err := os.ReadFile(outs[0])
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	for what, bad := range map[string]string{
		"cut off":                        text[:len(text)-9],
		"is not JSON":                    "{\n",
		"only outputs of --shard":        "{\"custom_id\":\"a\",\"relaytop\":{\"outcome\":\"ok\"}}\n",
		"they don't belong together":     strings.ReplaceAll(text, `"rows":60`, `"rows":61`),
		"another id before":              strings.ReplaceAll(text, `"custom_id":"row-`, `"custom_id":"rows-`),
		"neither a run nor an output th": "",
	} {
		path := file(t, dir, "bad.jsonl", bad)
		if bad == "" {
			path = filepath.Join(dir, "none")
		}
		if _, err := b.JoinShards(t.Context(), []string{outs[0], path}, &w); err == nil ||
			!strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A resumed shard keeps its rows, and `last` is the newest run of the shard that is named.
func TestAShardIsResumed(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	b := open(t, dir, f, nil)
	in := file(t, dir, "in.txt", prompts(40))
	first := start(t, b, Options{Input: in, Shard: input.Shard{I: 1, N: 2}})
	h := wait(t, b, first)
	second := start(t, b, Options{Input: in, Shard: input.Shard{I: 2, N: 2}})
	wait(t, b, second)
	if f.count() != 40 {
		t.Fatalf("%d rows were sent", f.count())
	}
	id := start(t, b, Options{Input: in, Resume: "last", Shard: input.Shard{I: 1, N: 2}})
	if again := wait(t, b, id); id != first || again.Rows != h.Rows || again.Elsewhere != 40-h.Rows || f.count() != 40 {
		t.Errorf("%s, %d sent: %+v", id, f.count(), again)
	}
	if _, err := b.Start(Options{Resume: first, Shard: input.Shard{I: 1, N: 3}}); err == nil {
		t.Error("a resumed run took other rows")
	}
	var w bytes.Buffer
	if j, err := b.JoinShards(t.Context(), []string{first, second}, &w); err != nil || j.Counts[outfile.OK] != 40 {
		t.Errorf("%+v, %v", j, err)
	}
}
