package input

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"
)

// IDs finds repeated ids by their hashes. It takes sixteen bytes a row, while the input is read.
type IDs struct {
	seed maphash.Seed
	ids  []hashedID
}

type hashedID struct {
	hash uint64
	row  uint32
}

// NewIDs makes an empty set.
func NewIDs() *IDs { return &IDs{seed: maphash.MakeSeed()} }

// RowName is the id of a row, by its index, that has none of its own.
func RowName(row int) string { return fmt.Sprintf("row-%d", row+1) }

// Add adds the id of a row, "" if it has none. A file without ids costs nothing.
func (s *IDs) Add(id string, row int) {
	if id == "" && len(s.ids) == 0 {
		return
	}
	for i := len(s.ids); i <= row; i++ { // rows before the first id, and those without one, are called row-N
		s.ids = append(s.ids, hashedID{maphash.String(s.seed, RowName(i)), uint32(i)})
	}
	if id != "" {
		s.ids[row].hash = maphash.String(s.seed, id)
	}
}

// Repeats numbers the rows, by their index, whose id an earlier row has: 2 for the second. It is called once, after
// the last Add.
func (s *IDs) Repeats() map[uint32]int {
	slices.SortFunc(s.ids, func(a, b hashedID) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.row, b.row))
	})
	out := map[uint32]int{}
	n := 1
	for i := 1; i < len(s.ids); i++ {
		if n++; s.ids[i].hash != s.ids[i-1].hash {
			n = 1
			continue
		}
		out[s.ids[i].row] = n
	}
	return out
}
