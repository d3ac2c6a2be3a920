package job

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rowsOf reads a file as a run would: each row's id and prompt, or "!reason".
func rowsOf(t *testing.T, name, content string, o Options) ([]string, error) {
	t.Helper()
	dir := t.TempDir()
	b := open(t, dir, newFake(echo), nil)
	o.Input = file(t, dir, name, content)
	p, err := b.Preflight(context.Background(), o)
	var out []string
	for _, r := range p.Sample {
		if r.Reason != "" {
			out = append(out, "!"+r.Reason)
		} else {
			out = append(out, r.ID+"="+r.Text)
		}
	}
	return out, err
}

func TestInputKinds(t *testing.T) {
	for _, tt := range []struct {
		name, file, content string
		o                   Options
		want                []string
	}{
		{"text", "a.txt", "one\n\n  \ntwo\r\nthree", Options{}, []string{"row-1=one", "row-2=two", "row-3=three"}},
		{"bom", "a.txt", "\xef\xbb\xbfone\ntwo\n", Options{}, []string{"row-1=one", "row-2=two"}},
		{"line separators are data", "a.txt", "a\u2028b\u0085c\rd\n", Options{}, []string{"row-1=a\u2028b\u0085c\rd"}},
		{"paragraphs", "a.txt", "a\r\nb\r\n\r\n\nc\n", Options{Paragraphs: true}, []string{"row-1=a\nb", "row-2=c"}},
		{"strings", "a.jsonl", "\"x\"\n\"y\\u2028\"\n", Options{}, []string{"row-1=x", "row-2=y\u2028"}},
		{"prompts", "a.jsonl", `{"prompt":"p","id":7}` + "\n" + `{"messages":[{"role":"user","content":"m"}]}`, Options{}, []string{"7=p", "row-2=m"}},
		{"batch", "a.jsonl", `{"custom_id":"c","method":"POST","url":"/v1/chat/completions","body":{"messages":[{"role":"user","content":"m"}]}}`, Options{}, []string{"c=m"}},
		{"template", "a.jsonl", `{"lang":"de","text":"hi"}` + "\n" + `{"text":"hi"}`, Options{Template: "to {{ lang }}: {{text}}"},
			[]string{"row-1=to de: hi", "!the template's {{lang}} is not in the row"}},
		{"csv", "a.csv", "id,prompt\r\nx,\"one\r\ntwo\"\r\n\r\ny,three\r\n", Options{}, []string{"x=one\ntwo", "y=three"}},
		{"csv, one column", "a.csv", "question\nwhy?\n", Options{}, []string{"row-1=why?"}},
		{"csv, bad rows", "a.csv", "id,prompt\nx\ny,\"a\"b\nz,ok\n", Options{}, []string{"!CSV: 1 columns, the header has 2", "!CSV: extraneous or missing \" in quoted-field", "z=ok"}},
		{"csv, open quote", "a.csv", "id,prompt\nx,\"open\ny,two\nz,three\n", Options{}, []string{"!CSV: a quote is opened and never closed", "y=two", "z=three"}},
		{"tsv", "a.tsv", "id\tprompt\na\tb, c\n", Options{}, []string{"a=b, c"}},
		{"sniffed", "a.dat", `{"prompt":"p"}` + "\n", Options{}, []string{"row-1=p"}},
		{"bad rows", "a.jsonl", "{\"prompt\":\"p\"}\n{\"prompt\":\n[1]\n{\"x\":1}\n\"\xff\"\n{\"body\":1}\n{\"prompt\":\" \"}\n", Options{}, []string{
			"row-1=p", "!not JSON: it ends too early", "!neither an object nor a string", "!none of the keys body, messages and prompt, and no template (--template) that says what to ask",
			"!not UTF-8", "!body is not an object", "!the prompt is empty"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := rowsOf(t, tt.file, tt.content, tt.o)
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%v\ngot  %q\nwant %q", err, got, tt.want)
			}
		})
	}
}

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
			if _, err := b.Start(Options{Input: tt.input}); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v", err)
			}
		})
	}
	if left, err := os.ReadDir(b.cfg.Dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestDuplicateIDs(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	b := open(t, dir, f, nil)
	in := file(t, dir, "a.jsonl", `{"id":"a","prompt":"1"}`+"\n"+`{"id":"a","prompt":"2"}`+"\n"+`{"id":"b","prompt":"3"}`+"\n"+`{"id":"a","prompt":"4"}`+"\n")
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

func TestIDsThatLookLikeOurs(t *testing.T) {
	s := newIDSet()
	for i, id := range []string{"", "", "row-1", "", "x", "row-4"} {
		s.add(id, i)
	}
	if got := s.again(); len(got) != 2 || got[2] != 2 || got[5] != 2 {
		t.Errorf("%v", got)
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
	if h.State != Broken || !strings.Contains(h.Reason, "line 3") {
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
	in := file(t, dir, "a.jsonl", `{"custom_id":"a","body":{"model":"gpt-4.1","stream":true,"messages":[{"role":"user","content":"x"}]}}`+"\n"+
		`{"custom_id":"b","body":{"messages":[{"role":"user","content":"x"}]}}`+"\n"+
		`{"custom_id":"c","url":"/v1/embeddings","body":{"model":"e","input":"x"}}`+"\n")
	wait(t, b, start(t, b, Options{Input: in, Concurrency: 1}))
	if got := []string{f.sent[0].Model, f.sent[1].Model, f.sent[2].Path}; !slices.Equal(got, []string{"gpt-4.1", "deepseek-v3.2", "/embeddings"}) {
		t.Errorf("%v", got)
	}
	if bytes.Contains(f.sent[0].Body, []byte("stream")) || !f.sent[2].Plain {
		t.Errorf("%s %+v", f.sent[0].Body, f.sent[2])
	}
}
