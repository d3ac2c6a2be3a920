package job

import (
	"crypto/sha256"
	"encoding/binary"
	"os"
	"runtime"
	"testing"

	"relaytop/state/job/input"
)

func keyOfNumber(i int) input.Key {
	sum := sha256.Sum256(binary.AppendUvarint(nil, uint64(i)))
	return input.Key(sum[:16])
}

// TestTheIndexOfALongInputIsInAFile: a row of it takes at most 44 bytes of memory, tables included, and its place is
// read from there. The file has no name, so that nothing is left of it.
func TestTheIndexOfALongInputIsInAFile(t *testing.T) {
	const rows = 400_000
	dir := t.TempDir()
	used := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := used()
	ix := newIndex(dir)
	defer ix.places.close()
	for i := range rows {
		ix.add(row{}, place{key: keyOfNumber(i), off: int64(i) * 200, n: 199, line: uint32(i + 1)})
	}
	if perRow := int64(used()-before) / rows; perRow > 44 {
		t.Errorf("%d bytes a row", perRow)
	}
	if runtime.GOOS != "windows" {
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%v, %v", left, err)
		}
	}
	for _, step := range []int{1, 49_999} { // in order, and not
		for n := range rows / 4 {
			i := n * step % rows
			want := place{key: keyOfNumber(i), off: int64(i) * 200, n: 199, line: uint32(i + 1)}
			if got := ix.place(i); got != want || step == 1 && ix.find(want.key, 0) != i {
				t.Fatalf("row %d: %+v, found at %d", i, got, ix.find(want.key, 0))
			}
			if step > 1 && n == 2000 {
				break
			}
		}
	}
	if at := ix.find(keyOfNumber(rows), 0); at >= 0 {
		t.Errorf("a row that is not there was found as %d", at)
	}
	other := keyOfNumber(1)
	other[15]++ // half of it is the same
	if at := ix.find(other, 0); at >= 0 {
		t.Errorf("another key was found as %d", at)
	}
}

// TestAnIndexWithoutAFileIsInMemory: a full disk is no reason to stop.
func TestAnIndexWithoutAFileIsInMemory(t *testing.T) {
	const rows = (chunksInMemory + 3) * rowsPerChunk
	ix := newIndex(t.TempDir() + "/gone")
	for i := range rows {
		ix.add(row{}, place{key: keyOfNumber(i), off: int64(i)})
	}
	for i := range rows {
		if at := ix.place(i); at.off != int64(i) || ix.find(at.key, 0) != i {
			t.Fatalf("row %d: %+v", i, at)
		}
	}
	ix.places.close()
}

// TestARowWhosePlaceCantBeReadIsNotSentAgain: half of its key is enough to find it.
func TestARowWhosePlaceCantBeReadIsNotSentAgain(t *testing.T) {
	ix := newIndex(t.TempDir())
	for i := range (chunksInMemory + 3) * rowsPerChunk {
		ix.add(row{}, place{key: keyOfNumber(i), n: 1})
	}
	ix.places.close()
	i := (chunksInMemory + 1) * rowsPerChunk
	if _, err := ix.readPlace(i); err == nil {
		t.Error("it was read")
	}
	if at := ix.find(keyOfNumber(i), 0); at != i {
		t.Errorf("found at %d", at)
	}
}
