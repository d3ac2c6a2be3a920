package job

import (
	"encoding/binary"
	"testing"

	"relaytop/state/job/input"
)

// TestEqualRowsAreFoundByTheirOccurrence, while the table grows.
func TestEqualRowsAreFoundByTheirOccurrence(t *testing.T) {
	const rows, keys = 3 * rowsPerChunk, 1000
	key := func(i int) (k input.Key) {
		if i%7 == 0 {
			return k // a bad row
		}
		binary.LittleEndian.PutUint32(k[:], uint32(i%keys)) // the upper bits, which place a row, are all equal
		k[15] = 1
		return k
	}
	ix, seen, want := newIndex(t.TempDir()), map[input.Key]int{}, make([]int, rows)
	for i := range rows {
		k := key(i)
		ix.add(row{}, place{key: k, off: int64(i)})
		want[i] = seen[k]
		if k != (input.Key{}) {
			seen[k]++
		}
	}
	for i := range rows {
		k := key(i)
		if k == (input.Key{}) {
			if at := ix.find(k, 0); at >= 0 {
				t.Fatalf("bad row %d was found as %d", i, at)
			}
			continue
		}
		if ix.occurrence(i) != want[i] || ix.find(k, want[i]) != i || ix.place(i).off != int64(i) {
			t.Fatalf("row %d: occurrence %d, want %d; found at %d", i, ix.occurrence(i), want[i], ix.find(k, want[i]))
		}
		if at := ix.find(k, seen[k]); at >= 0 {
			t.Fatalf("one occurrence more than there are of row %d was found at %d", i, at)
		}
	}
	if ix.find(key(1), -1) >= 0 || newIndex(t.TempDir()).find(key(1), 0) >= 0 {
		t.Error("a row was found that is not there")
	}
}
