package job

import (
	"bytes"
	"compress/gzip"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestUnusableInputsSayWhatToDo(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, newFake(echo), nil)
	for _, tt := range []struct{ name, input, want string }{
		{"missing", filepath.Join(dir, "none.txt"), "check the name"},
		{"folder", dir, "name a file in it"},
		{"empty", file(t, dir, "empty.txt", " \n"), "is empty"},
		{"array", file(t, dir, "array.json", "[1]"), "jq -c"},
		{"utf-16", file(t, dir, "wide.txt", "\xff\xfea\x00"), "UTF-8"},
		{"nothing", "", "name a file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := b.Start(Options{Input: tt.input}); !errors.Is(err, ErrInput) ||
				!strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v", err)
			}
		})
	}
	if left, err := os.ReadDir(b.cfg.Dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestUnusedKeys: what stands beside a prompt and is not sent is counted in the plan, in tables too.
func TestUnusedKeys(t *testing.T) {
	const rows = `{"prompt":"1","model":"big","temperature":0,"topic":"x"}
{"messages":[{"role":"user","content":"2"}],"model":"big"}
{"prompt":"3","model":null}
{"model":"big"}
{"custom_id":"b","body":{"model":"big","messages":[{"role":"user","content":"4"}]},"seed":1}
`
	const table = "id,prompt,model,temperature,topic\n1,a,big,0.1,x\n2,b,big,,y\n3,c, ,,\n"
	for _, tt := range []struct {
		file, content, template string
		want                    map[string]int
	}{
		{"a.jsonl", rows, "", map[string]int{"model": 2, "temperature": 1}},
		{"a.jsonl", rows, "{{prompt}} for {{model}}", map[string]int{"temperature": 1}},
		{"a.jsonl", `{"prompt":"p","messages":[{"role":"user","content":"m"}],"ID":7,"Model":"big","n":2}`, "",
			map[string]int{"prompt": 1, "ID": 1, "Model": 1, "n": 1}},
		{"a.jsonl", `{"prompt":"p","messages":null,"id":"a","Id":"b"}`, "", map[string]int{}},
		{"a.csv", table, "", map[string]int{"model": 2, "temperature": 1}},
		{"a.csv", table, "{{prompt}} for {{model}}", map[string]int{"temperature": 1}},
		{"a.csv", "ID,prompt,Model,messages\n1,a,big,[]\n", "", map[string]int{"ID": 1, "Model": 1, "messages": 1}},
		{"a.csv", "custom_id,id,prompt\nx,1,a\n", "", map[string]int{}},
		{"a.csv", "model\na\n", "", map[string]int{}},
		{"a.tsv", "prompt\tsystem\na\tbe brief\n", "", map[string]int{"system": 1}},
	} {
		dir := t.TempDir()
		b := open(t, dir, newFake(echo), nil)
		in := file(t, dir, tt.file, tt.content)
		p, err := b.Preflight(t.Context(), Options{Input: in, Template: tt.template})
		if err != nil || !maps.Equal(p.Unused, tt.want) {
			t.Errorf("%q, template %q: %v, unused %v, want %v", tt.content, tt.template, err, p.Unused, tt.want)
		}
	}
}

func TestDuplicateIDs(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	b := open(t, dir, f, nil)
	in := file(t, dir, "a.jsonl", `{"id":"a","prompt":"1"}`+"\n"+`{"id":"a","prompt":"2"}`+"\n"+
		`{"id":"b","prompt":"3"}`+"\n"+`{"id":"a","prompt":"4"}`+"\n")
	p, err := b.Preflight(t.Context(), Options{Input: in})
	if err != nil || p.Repeats != 2 || !slices.Equal(p.Duplicates, []string{"a"}) {
		t.Fatalf("%v %+v", err, p)
	}
	h := wait(t, b, start(t, b, Options{Input: in}))
	if h.State != Broken || h.Stopped != "input" || f.count() != 0 {
		t.Fatalf("%+v", h)
	}
	h = wait(t, b, start(t, b, Options{Input: in, AllowDuplicate: true}))
	var ids []string
	for _, l := range outLines(t, h.Out) {
		ids = append(ids, l.CustomID)
	}
	if want := []string{"a", "a#2", "b", "a#3"}; !slices.Equal(ids, want) {
		t.Errorf("%v", ids)
	}
}

func TestBadRowsAreSkippedAndListed(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	b := open(t, dir, f, nil)
	in := file(t, dir, "a.jsonl", "\"x\"\n\nnot json\n\"y\"\n")
	h := wait(t, b, start(t, b, Options{Input: in}))
	if h.State != Finished || h.Skipped != 1 || h.OK != 2 || f.count() != 2 {
		t.Fatalf("%+v", h)
	}
	bad := outLines(t, h.Errors)
	if len(bad) != 1 || bad[0].CustomID != "row-2" || bad[0].Ours.Line != 3 || len(outLines(t, h.Out)) != 3 {
		t.Fatalf("%+v", bad)
	}
	h = wait(t, b, start(t, b, Options{Input: in, Force: true, StopOnBad: true}))
	if h.State != Broken || h.Stopped != StopInput ||
		!strings.HasPrefix(h.Reason, "1 of 3 rows can't be sent, the first in line 3: not JSON") {
		t.Errorf("%+v", h)
	}
}

func TestGzipAndStdinAreKept(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, _ = w.Write([]byte("one\ntwo\n"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"in.txt.gz", "-"} {
		dir := t.TempDir()
		f := newFake(echo)
		b := open(t, dir, f, func(c *Config) { c.Stdin = bytes.NewReader(z.Bytes()) })
		o := Options{Input: name}
		if name != "-" {
			o.Input = file(t, dir, name, z.String())
		}
		if p, err := b.Preflight(t.Context(), o); err != nil || p.Rows != 2 {
			t.Fatalf("%s: %v %+v", name, err, p)
		}
		id := start(t, b, o)
		h := wait(t, b, id)
		if h.OK != 2 || len(outLines(t, h.Out)) != 2 {
			t.Fatalf("%s: %+v", name, h)
		}
		if _, err := os.Stat(filepath.Join(b.cfg.Dir, id, spoolName)); err != nil {
			t.Error(err)
		}
	}
}

func TestModelOfTheRowWins(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	b := open(t, dir, f, nil)
	in := file(t, dir, "a.jsonl",
		`{"custom_id":"a","body":{"model":"gpt-4.1","stream":true,"messages":[{"role":"user","content":"x"}]}}`+"\n"+
			`{"custom_id":"b","body":{"messages":[{"role":"user","content":"x"}]}}`+"\n"+
			`{"custom_id":"c","url":"/v1/embeddings","body":{"model":"e","input":"x"}}`+"\n")
	wait(t, b, start(t, b, Options{Input: in, Concurrency: 1}))
	if got := []string{f.sent[0].Model, f.sent[1].Model, f.sent[2].Path}; !slices.Equal(got,
		[]string{"gpt-4.1", "deepseek-v3.2", "/embeddings"}) {
		t.Errorf("%v", got)
	}
	if bytes.Contains(f.sent[0].Body, []byte("stream")) || !f.sent[2].Plain {
		t.Errorf("%s %+v", f.sent[0].Body, f.sent[2])
	}
}

// TestWhoSetMaxTokens: only our own limit on the output may be changed later, so a row says whether it has one.
func TestWhoSetMaxTokens(t *testing.T) {
	const parts = `[{"role":"user","content":[{"type":"text","text":"x"}]}]`
	for _, c := range []struct {
		name, row string
		sent      bool // a max_tokens
		ours      bool
	}{
		{"a prompt", `{"prompt":"x"}`, true, true},
		{"messages", `{"messages":[{"role":"user","content":"x"}]}`, true, true},
		{"messages of parts", `{"messages":` + parts + `}`, true, true},
		{"a body without", `{"custom_id":"a","body":{"messages":` + parts + `}}`, false, false},
		{"a body with", `{"custom_id":"a","body":{"max_tokens":4096,"messages":` + parts + `}}`, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, f := t.TempDir(), newFake(echo)
			b := open(t, dir, f, nil)
			wait(t, b, start(t, b, Options{Input: file(t, dir, "a.jsonl", c.row+"\n"), Concurrency: 1}))
			r := f.sent[0]
			if ours := r.OurMaxTokens() > 0; ours != c.ours {
				t.Errorf("ours: %v", ours)
			}
			sent := len(r.Body) == 0 && r.Params["max_tokens"] != nil || bytes.Contains(r.Body, []byte(`"max_tokens"`))
			if sent != c.sent {
				t.Errorf("sent: %v, in %s and %s", sent, r.Body, r.Params)
			}
		})
	}
}
