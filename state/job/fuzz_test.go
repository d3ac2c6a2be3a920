package job

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"relaytop/relay"
)

// Every record that a scan hands on can be read again by its offset, and says the same.
func FuzzReaders(f *testing.F) {
	for _, s := range []string{"a\nb\r\n\nc", "\xef\xbb\xbfid,prompt\nx,\"y\nz\"\n", "a,b\n\"open\nc,d\n", "{\"prompt\":\"x\"}\n\"y\"\n[", "p\r\nq\r\n\r\n\r\nr", "\"\"\n,\n"} {
		for k := range 5 {
			f.Add([]byte(s), k)
		}
	}
	kinds := []kind{kindJSONL, kindCSV, kindTSV, kindText, kindParagraphs}
	path := filepath.Join(f.TempDir(), "in")
	f.Fuzz(func(t *testing.T, data []byte, k int) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		in, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		src := &source{f: in, size: int64(len(data)), kind: kinds[uint(k)%5]}
		if bytes.HasPrefix(data, bom) {
			src.skip = 3
		}
		fm := form{kind: src.kind, comma: src.comma()}
		last := int64(-1)
		err = src.scan(context.Background(), func(h []string) error { fm.header = h; return nil }, func(sp span) error {
			if sp.off < last || sp.line < 1 {
				t.Fatalf("at %d line %d after %d", sp.off, sp.line, last)
			}
			last = sp.off
			if sp.bad != "" {
				return nil
			}
			again, err := src.at(sp.off, sp.n)
			if err != nil {
				t.Fatal(err)
			}
			if a, b := fm.parse(sp.data), fm.parse(again); !reflect.DeepEqual(a, b) {
				t.Fatalf("%q read again is %+v, was %+v", again, b, a)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// What was written is read back; what was not, never is; and nothing panics.
func FuzzJournal(f *testing.F) {
	line, err := encodeRecord(&record{Key: key{1}.String(), ID: "x", Try: 1, State: stateOK, At: time.Unix(1, 0), Cost: &relay.Cost{Amount: 5}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line, 3)
	f.Add([]byte("{\"c\":\"00000000\",\"r\":{}}\n\n{"), 0)
	f.Fuzz(func(t *testing.T, junk []byte, cut int) {
		all := append(append(append([]byte(nil), line...), junk...), '\n')
		all = append(all, line...)
		n := 0
		end, _, err := replay(bytes.NewReader(all), 0, func(at int64, r *record) {
			got, err := lineAt(bytes.NewReader(all), at)
			if rec, ok := decodeRecord(got); err != nil || !ok || rec.ID != r.ID {
				t.Fatalf("at %d: %v %q", at, err, got)
			}
			n++
		})
		if err != nil || n < 2 || end != int64(len(all)) {
			t.Fatalf("%d records to %d of %d: %v", n, end, len(all), err)
		}
		short := all[:len(all)-1-int(uint(cut)%uint(len(line)-1))]
		end, _, err = replay(bytes.NewReader(short), 0, func(int64, *record) {})
		if err != nil || end != int64(len(all)-len(line)) {
			t.Fatalf("a torn record was taken: %d %v", end, err)
		}
	})
}

func FuzzTemplate(f *testing.F) {
	f.Add("{{a}} b {{ c }}")
	f.Add("{{")
	f.Fuzz(func(t *testing.T, s string) {
		tm, err := parseTemplate(s)
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
