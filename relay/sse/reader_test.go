package sse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// flat is an Event without its time, comparable.
type flat struct {
	name, data   string
	comment, cut bool
}

func readAll(src io.Reader) ([]flat, error) {
	var out []flat
	r := NewReader(src)
	for {
		e, err := r.Next()
		if err != nil {
			return out, err
		}
		out = append(out, flat{e.Name, string(e.Data), e.Comment, e.Cut})
	}
}

func TestEvents(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     []flat
	}{
		{"LF", "data: a\n\ndata: b\n\n", []flat{{data: "a"}, {data: "b"}}},
		{"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", []flat{{data: "a"}, {data: "b"}}},
		{"lone CR", "data: a\r\rdata: b\r\r", []flat{{data: "a"}, {data: "b"}}},
		{"mixed ends", "data: a\r\ndata: b\r\n\ndata: c\n\r\n", []flat{{data: "a\nb"}, {data: "c"}}},
		{"byte order mark", "\xef\xbb\xbfdata: a\n\n", []flat{{data: "a"}}},
		{"byte order mark later is text", "data: a\n\n\xef\xbb\xbfdata: b\n\n", []flat{{data: "a"}}},
		{"no blank after the colon", "data:a\n\n", []flat{{data: "a"}}},
		{"one blank only is taken", "data:  a\n\n", []flat{{data: " a"}}},
		{"comments", ": ping\n\n:\n\n: OPENROUTER PROCESSING\n\ndata: a\n\n",
			[]flat{{data: "ping", comment: true}, {comment: true}, {data: "OPENROUTER PROCESSING", comment: true}, {data: "a"}}},
		{"comment inside an event", "data: a\n: ping\ndata: b\n\n", []flat{{data: "ping", comment: true}, {data: "a\nb"}}},
		{"event, id, retry", "id: 1\nretry: 5\nevent: error\ndata: a\n\ndata: b\n\n",
			[]flat{{name: "error", data: "a"}, {data: "b"}}},
		{"name without data", "event: ping\n\n", []flat{{name: "ping"}}},
		{"empty data", "data:\n\ndata: \n\ndata\n\n", []flat{{}, {}, {}}},
		{"several data lines", "data: a\ndata:\ndata: c\n\n", []flat{{data: "a\n\nc"}}},
		{"no blank line at the end", "data: a\n", []flat{{data: "a"}}},
		{"no line end at the end", "data: a\n\ndata: b", []flat{{data: "a"}, {data: "b", cut: true}}},
		{"unknown fields", "foo: a\nbar\n\ndata: a\n\n", []flat{{data: "a"}}},
		{"blank lines", "\n\n\r\n\rdata: a\n\n\n\n", []flat{{data: "a"}}},
		{"split rune", "data: việt 漢字 👩‍👩‍👧\n\n", []flat{{data: "việt 漢字 👩‍👩‍👧"}}},
		{"nothing", "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for name, src := range map[string]io.Reader{
				"whole": strings.NewReader(tc.in), "bytes": iotest.OneByteReader(strings.NewReader(tc.in)),
				"end with data": iotest.DataErrReader(strings.NewReader(tc.in)),
			} {
				got, err := readAll(src)
				if !errors.Is(err, io.EOF) {
					t.Errorf("%s: error %v", name, err)
				}
				if !equal(got, tc.want) {
					t.Errorf("%s: got %+v, want %+v", name, got, tc.want)
				}
			}
		})
	}
}

func equal(a, b []flat) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestLoneCRIsNotHeldBack(t *testing.T) {
	pr, pw := io.Pipe()
	defer pr.Close()
	go pw.Write([]byte("data: a\r\r"))
	e, err := NewReader(pr).Next() // would block if it waited for a LF
	if err != nil || string(e.Data) != "a" {
		t.Fatalf("got %q, %v", e.Data, err)
	}
}

func TestSourceErrorComesAfterWhatWasRead(t *testing.T) {
	broken := errors.New("connection reset")
	got, err := readAll(io.MultiReader(strings.NewReader("data: a\n\ndata: b\n"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || !equal(got, []flat{{data: "a"}, {data: "b"}}) {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func TestLongLines(t *testing.T) {
	long := strings.Repeat("x", MaxLine-len("data: "))
	got, err := readAll(strings.NewReader("data: " + long + "\n\ndata: b\n\n"))
	if !errors.Is(err, io.EOF) || len(got) != 2 || got[0].data != long || got[1].data != "b" {
		t.Fatalf("%d events, %v", len(got), err)
	}
	got, err = readAll(strings.NewReader("data: a\n\ndata: " + long + long))
	if !errors.Is(err, ErrTooLong) || !equal(got, []flat{{data: "a"}}) {
		t.Fatalf("%d events, %v", len(got), err)
	}
	many := strings.Repeat("data: "+strings.Repeat("y", 1<<20)+"\n", 17)
	if got, err = readAll(strings.NewReader(many)); !errors.Is(err, ErrTooLong) || len(got) != 0 {
		t.Fatalf("%d events, %v", len(got), err)
	}
}

func TestStampIsThatOfTheFirstByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pr, pw := io.Pipe()
		start := time.Now()
		go func() {
			for _, s := range []string{"da", "ta: a\n\ndata: b\n", "\n: ping\ndata: c\n\n"} {
				time.Sleep(time.Second) //nolint:forbidigo // the bubble's clock: the writes are a second apart, nothing waits
				pw.Write([]byte(s))
			}
			pw.Close()
		}()
		r := NewReader(pr)
		for _, want := range []time.Duration{1, 2, 3, 3} {
			e, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			if got := e.At.Sub(start); got != want*time.Second {
				t.Errorf("%q stamped at %v, want %v s", e.Data, got, want)
			}
		}
	})
}

// repeat gives the same bytes again and again.
type repeat struct {
	b []byte
	i int
}

func (r *repeat) Read(p []byte) (int, error) {
	n := copy(p, r.b[r.i:])
	r.i = (r.i + n) % len(r.b)
	return n, nil
}

func TestReadingAllocatesNothing(t *testing.T) {
	r := NewReader(&repeat{b: []byte("event: chunk\ndata: {\"choices\":[]}\n\n: ping\n\n")})
	for range 1000 {
		r.Next()
	}
	if n := testing.AllocsPerRun(1000, func() { r.Next() }); n != 0 {
		t.Fatalf("%v allocations an event", n)
	}
}

func BenchmarkNext(b *testing.B) {
	chunk := []byte("data: " +
		`{"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Hello"}}]}` + "\n\n")
	b.SetBytes(int64(len(chunk)))
	b.ReportAllocs()
	r := NewReader(&repeat{b: chunk})
	for b.Loop() {
		if _, err := r.Next(); err != nil {
			b.Fatal(err)
		}
	}
}

// naive is the plainest reading of the same rules, over the whole text at once.
func naive(in string) []flat {
	in = strings.TrimPrefix(in, "\xef\xbb\xbf")
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(in)
	lines := strings.Split(text, "\n")
	var out []flat
	var data []string
	var name string
	flush := func(cut bool) {
		if data != nil || name != "" {
			out = append(out, flat{name: name, data: strings.Join(data, "\n"), cut: cut})
		}
		data, name = nil, ""
	}
	for i, l := range lines {
		last := i == len(lines)-1
		field, val, _ := strings.Cut(l, ":")
		val = strings.TrimPrefix(val, " ")
		switch {
		case l == "":
			flush(false)
		case field == "":
			out = append(out, flat{data: val, comment: true, cut: last})
		case field == "data":
			data = append(data, val)
		case field == "event":
			name = val
		}
		if last && l != "" {
			flush(field != "")
		}
	}
	return out
}

func FuzzReader(f *testing.F) {
	for _, s := range []string{
		"data: a\n\n", "\xef\xbb\xbfdata:a\r\n\r\n", "event: e\rdata: x\r\r: ping\n", "data: a\ndata: b", ":\n\ndata\n\n",
		"id: 1\n\nretry: 2\ndata: é\n",
	} {
		f.Add([]byte(s), uint64(3))
	}
	f.Fuzz(func(t *testing.T, in []byte, seed uint64) {
		want := naive(string(in))
		for _, src := range []io.Reader{bytes.NewReader(in), iotest.OneByteReader(bytes.NewReader(in)), &pieces{in, seed}} {
			got, err := readAll(src)
			if !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			if !equal(got, want) {
				t.Fatalf("%q\n got %+v\nwant %+v", in, got, want)
			}
		}
	})
}

// pieces gives its bytes in lengths that follow from a seed.
type pieces struct {
	b    []byte
	seed uint64
}

func (p *pieces) Read(q []byte) (int, error) {
	if len(p.b) == 0 {
		return 0, io.EOF
	}
	p.seed = p.seed*6364136223846793005 + 1442695040888963407
	n := copy(q, p.b[:min(len(p.b), 1+int(p.seed>>60))])
	p.b = p.b[n:]
	return n, nil
}

// TestEndAndWhole: the end of a stream waits for nothing, and lines that are whole documents are events of their own.
func TestEndAndWhole(t *testing.T) {
	for _, tc := range []struct {
		in   string
		want []string
	}{
		{"data: {1}\n\ndata: [DONE]", []string{"{1}", "[DONE]"}},
		{"data: {1}\n\ndata:[DONE] \n", []string{"{1}", "[DONE]"}},
		{"data: {1}\ndata: {2}\ndata: {3}\ndata: [DONE]\n", []string{"{1}", "{2}", "{3}", "[DONE]"}},
		{"data: {1}\ndata: {2}\ndata: [DONE]", []string{"{1}", "{2}", "[DONE]"}},
		{"data: {\ndata: 1}\n\n", []string{"{\n1}"}},
		{"data: {1}\ndata: {2", []string{"{1}", "{2 cut"}},
	} {
		for _, src := range []io.Reader{strings.NewReader(tc.in), iotest.OneByteReader(strings.NewReader(tc.in))} {
			r := NewReader(io.MultiReader(src, openEnd{t, slices.Contains(tc.want, "[DONE]")}))
			r.End, r.Whole = "[DONE]", func(b []byte) bool { return b[0] == '{' && b[len(b)-1] == '}' }
			var got []string
			for {
				e, err := r.Next()
				if err != nil {
					break
				}
				text := strings.TrimSpace(string(e.Data))
				if e.Cut {
					text += " cut"
				}
				if got = append(got, text); text == "[DONE]" {
					break
				}
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("%q: %q, want %q", tc.in, got, tc.want)
			}
		}
	}
}

// openEnd is an open connection after the bytes of a test: it must not be read once the end was there.
type openEnd struct {
	t     *testing.T
	ended bool
}

func (b openEnd) Read([]byte) (int, error) {
	if b.ended {
		b.t.Error("waited for more after the end")
	}
	return 0, io.EOF
}

// TestReset: nothing of one stream is left over in the next.
func TestReset(t *testing.T) {
	next := func(r *Reader) string {
		e, err := r.Next()
		return fmt.Sprintf("%s %q %v", e.Name, e.Data, err)
	}
	long := "data: " + strings.Repeat("x", 200<<10)
	for _, left := range []string{"event: a\ndata: b", "data: [DONE]", "data: {}\ndata: {}\n\n", "data: a\r", long} {
		r := NewReader(strings.NewReader(left))
		r.End, r.Whole = "[DONE]", func([]byte) bool { return true }
		next(r)
		r.Reset(strings.NewReader("\ndata: c\ndata: d\n\n"))
		if got, want := next(r), ` "c\nd" <nil>`; got != want {
			t.Errorf("behind %.20q: %s, want %s", left, got, want)
		}
	}
}
