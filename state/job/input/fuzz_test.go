package input

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// Every record can be read again at its offset, and gives the same row.
func FuzzRecords(f *testing.F) {
	for _, s := range []string{
		"a\nb\r\n\nc", "\xef\xbb\xbfid,prompt\nx,\"y\nz\"\n", "a,b\n\"open\nc,d\n", "{\"prompt\":\"x\"}\n\"y\"\n[",
		"p\r\nq\r\n\r\n\r\nr", "\"\"\n,\n", "id;prompt\n1;\"a;b\"\n", "sep=|\r\nid|prompt\n\n1|x\n", "\"sep=;\"",
	} {
		for k := range 5 {
			f.Add([]byte(s), k)
		}
	}
	kinds := []Kind{JSONL, CSV, TSV, Text, Paragraphs}
	path := filepath.Join(f.TempDir(), "in")
	f.Fuzz(func(t *testing.T, data []byte, k int) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		in := &File{f: file, Size: int64(len(data)), Kind: kinds[uint(k)%5]}
		if bytes.HasPrefix(data, bom) {
			in.bom = 3
		}
		if in.Kind == CSV || in.Kind == TSV {
			if in.dialect, err = dialectOf("in", in.Kind, data[in.bom:]); err != nil {
				return
			}
		}
		format := in.Format(nil)
		last := int64(-1)
		header := func(h []string) error { format.Header = h; return nil }
		err = in.Records(context.Background(), header, func() {}, func(rec Record) error {
			if rec.Offset < last || rec.Line < 1 {
				t.Fatalf("at %d line %d after %d", rec.Offset, rec.Line, last)
			}
			last = rec.Offset
			if rec.Bad != "" {
				return nil
			}
			again, err := in.Read(rec.Offset, rec.Length)
			if err != nil {
				t.Fatal(err)
			}
			if a, b := format.Parse(rec.Data), format.Parse(again); !reflect.DeepEqual(a, b) {
				t.Fatalf("%q read again is %+v, was %+v", again, b, a)
			}
			return nil
		})
		if errors.Is(err, ErrUnusable) { // the header can't be read
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzTemplate(f *testing.F) {
	f.Add("{{a}} b {{ c }}")
	f.Add("{{")
	f.Fuzz(func(t *testing.T, s string) {
		tm, err := ParseTemplate(s)
		if err != nil || tm == nil {
			return
		}
		vars := map[string]string{}
		for i := 1; i < len(tm); i += 2 {
			vars[tm[i]] = "v"
		}
		if _, missing := tm.fill(vars); missing != "" {
			t.Fatalf("%q misses %q", s, missing)
		}
	})
}
