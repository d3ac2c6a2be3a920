package job

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"relaytop/relay"
	"relaytop/state/job/outfile"
)

func TestExport(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(_ int, req relay.Request) *relay.Result {
		if promptIn(req) == "b" {
			return failed(relay.ClassTimeout)
		}
		return ok("=1+" + promptIn(req))
	})
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", "a\nb\n"), Concurrency: 1})
	wait(t, b, id)
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := open(t, dir, newFake(echo), nil)
	for _, tt := range []struct {
		f    outfile.Format
		want string
	}{
		{outfile.CSV, "custom_id,prompt,outcome,model,cost_usd,error,answer\n" +
			"row-1,a,ok,m,0.000001000003,,'=1+a\nrow-2,b,failed,deepseek-v3.2,,timeout: no timeout,\n"},
		{outfile.PlainText, "=1+a\n\n(timeout: no timeout)\n\n"},
		{outfile.Markdown, "## row-1\n\n=1+a\n\n## row-2\n\n(timeout: no timeout)\n\n"},
	} {
		var w bytes.Buffer
		if err := c.Export(t.Context(), id, tt.f, &w); err != nil || w.String() != tt.want {
			t.Errorf("%s: %v\n%s", tt.f, err, w.String())
		}
	}
	var w strings.Builder
	if err := c.Export(t.Context(), id, outfile.JSONL, &w); err != nil || strings.Count(w.String(), "\n") != 2 {
		t.Errorf("%v %s", err, w.String())
	}
	if err := c.Export(t.Context(), "none", outfile.PlainText, &w); !errors.Is(err, ErrNoRun) {
		t.Errorf("%v", err)
	}
	if err := c.Remove(id); err != nil {
		t.Error(err)
	}
	if _, ok := c.Header(id); ok {
		t.Error("it is still there")
	}
}

func TestRefusedRowsAreSentAgainByAnotherProcess(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, newFake(func(int, relay.Request) *relay.Result { return failed(relay.ClassQuota) }), nil)
	in := file(t, dir, "in.txt", prompts(30))
	if h := wait(t, b, start(t, b, Options{Input: in})); h.Stopped != "quota" || h.Failed == 0 {
		t.Fatalf("%+v", h)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := open(t, dir, newFake(echo), nil)
	if h := wait(t, c, start(t, c, Options{Input: in, Resume: "last"})); h.State != Finished || h.OK != 30 {
		t.Fatalf("%+v", h)
	}
}

// A table carries the columns of its input, in its order, and no cell of anybody's is a formula.
func TestATableCarriesItsInput(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(_ int, req relay.Request) *relay.Result { return ok("@SUM(1)\n" + promptIn(req)) })
	b := open(t, dir, f, nil)
	in := file(t, dir, "in.csv", "error,name,prompt\n=1+1,\"a, b\",x\n+49,\"two\nlines\",y\n1,2\n")
	id := start(t, b, Options{Input: in, Concurrency: 1})
	wait(t, b, id)
	var w bytes.Buffer
	if err := b.Export(t.Context(), id, outfile.CSV, &w); err != nil {
		t.Fatal(err)
	}
	want := "custom_id,error,name,prompt,outcome,model,cost_usd,relaytop_error,answer\n" +
		"row-1,'=1+1,\"a, b\",x,ok,m,0.000001000003,,\"'@SUM(1)\nx\"\n" +
		"row-2,'+49,\"two\nlines\",y,ok,m,0.000001000003,,\"'@SUM(1)\ny\"\n" +
		"row-3,1,2,,skipped,,,\"bad_row: line 5: "
	if !strings.HasPrefix(w.String(), want) {
		t.Errorf("got  %q\nwant %q", w.String(), want)
	}
}
