package job

import (
	"bytes"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// Only what was written is read back, and nothing panics.
func FuzzJournal(f *testing.F) {
	line, err := encodeRecord(&record{Key: input.Key{1}.String(), ID: "x", Try: 1, State: stateOK, At: time.Unix(1, 0),
		Cost: &relay.Cost{Amount: 5}})
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
