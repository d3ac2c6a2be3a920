package input

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
)

// IDs finds repeated ids by their hashes. It takes sixteen bytes a row, while the input is read.
type IDs struct {
	basis uint64
	ids   []hashedID
}

type hashedID struct {
	hash uint64
	row  uint32
}

// NewIDs makes an empty set. Its hashes differ from those of any other set.
func NewIDs() *IDs { return &IDs{basis: rand.Uint64()} }

// RowName is the id of a row, by its index, that has none of its own.
func RowName(row int) string { return fmt.Sprintf("row-%d", row+1) }

// Numbered is the id of a row whose own id an earlier row has.
func Numbered(id string, n int) string { return fmt.Sprintf("%s#%d", id, n) }

// Hash is the hash of an id.
func (s *IDs) Hash(id string) uint64 { return extend(s.basis, id) }

// extend continues a hash (FNV-1a): that of a+b is that of a, extended by b. So the hash of a numbered id is found
// without the id.
func extend(hash uint64, s string) uint64 {
	for i := range len(s) {
		hash = (hash ^ uint64(s[i])) * 1099511628211
	}
	return hash
}

// Add adds the id of a row, "" if it has none. A file without ids costs nothing.
func (s *IDs) Add(id string, row int) {
	if id == "" && len(s.ids) == 0 {
		return
	}
	for i := len(s.ids); i <= row; i++ { // rows before the first id, and those without one, are called row-N
		s.ids = append(s.ids, hashedID{s.Hash(RowName(i)), uint32(i)})
	}
	if id != "" {
		s.ids[row].hash = s.Hash(id)
	}
}

// Repeats numbers the rows, by their index, whose id an earlier row has: from 2, and past the numbers that would make
// an id that another row has. It is called once, after the last Add.
func (s *IDs) Repeats() map[uint32]int {
	byHash := func(a, b hashedID) int { return cmp.Compare(a.hash, b.hash) }
	slices.SortFunc(s.ids, func(a, b hashedID) int { return cmp.Or(byHash(a, b), cmp.Compare(a.row, b.row)) })
	var again []hashedID
	for i := 1; i < len(s.ids); i++ {
		if s.ids[i].hash == s.ids[i-1].hash {
			again = append(again, s.ids[i])
		}
	}
	slices.SortFunc(again, func(a, b hashedID) int { return cmp.Compare(a.row, b.row) })
	out, last := map[uint32]int{}, map[uint64]int{}
	for _, r := range again {
		n := max(last[r.hash], 1) + 1
		for taken := true; taken; n++ {
			_, taken = slices.BinarySearchFunc(s.ids, hashedID{hash: extend(r.hash, Numbered("", n))}, byHash)
		}
		out[r.row], last[r.hash] = n-1, n-1
	}
	s.ids = nil
	return out
}
