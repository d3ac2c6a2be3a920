package input

import (
	"math/bits"
	"math/rand/v2"
	"strconv"
)

// IDs finds repeated ids by their hashes, while the input is read. It takes about sixteen bytes a row.
type IDs struct {
	basis uint64
	set   []uint64 // a hash table of the hashes of the ids so far; 0 is a free place
	n     int      // in set
	rows  int      // in set, with their names, once a row has an id
	again []hashedID
}

// hashedID is a row whose id an earlier row has.
type hashedID struct {
	hash uint64
	row  uint32
}

// NewIDs makes an empty set. Its hashes differ from those of any other set.
func NewIDs() *IDs { return &IDs{basis: rand.Uint64()} }

// RowName is the id of a row, by its index, that has none of its own.
func RowName(row int) string { return "row-" + strconv.Itoa(row+1) }

// Numbered is the id of a row whose own id an earlier row has.
func Numbered(id string, n int) string { return id + "#" + strconv.Itoa(n) }

// Hash is the hash of an id. It is not 0.
func (s *IDs) Hash(id string) uint64 { return max(extend(s.basis, id), 1) }

// extend continues a hash (FNV-1a): that of a+b is that of a, extended by b. So the hash of a numbered id is found
// without the id.
func extend(hash uint64, s string) uint64 {
	for i := range len(s) {
		hash = (hash ^ uint64(s[i])) * 1099511628211
	}
	return hash
}

// Add adds the id of the next row, "" if it has none, and reports whether an earlier row has it. A file without ids
// costs nothing.
func (s *IDs) Add(id string, row int) (again bool) {
	if id == "" && s.n == 0 {
		return false
	}
	for ; s.rows < row; s.rows++ { // rows before the first id are called row-N
		s.put(s.Hash(RowName(s.rows)))
	}
	s.rows = row + 1
	if id == "" {
		id = RowName(row)
	}
	h := s.Hash(id)
	if again = !s.put(h); again {
		s.again = append(s.again, hashedID{h, uint32(row)})
	}
	return again
}

// put adds a hash. False: it is there already.
func (s *IDs) put(h uint64) bool {
	if 4*(s.n+1) > 3*len(s.set) {
		old := s.set
		s.set, s.n = make([]uint64, max(2*len(old), 1024)), 0
		for _, h := range old {
			if h != 0 {
				s.put(h)
			}
		}
	}
	i := s.place(h)
	if s.set[i] == h {
		return false
	}
	s.set[i] = h
	s.n++
	return true
}

// place is where a hash is, or would be.
func (s *IDs) place(h uint64) int {
	i := int(h * 0x9e3779b97f4a7c15 >> (64 - bits.TrailingZeros(uint(len(s.set)))))
	for s.set[i] != 0 && s.set[i] != h {
		i = (i + 1) & (len(s.set) - 1)
	}
	return i
}

// Repeats numbers the rows, by their index, whose id an earlier row has: from 2, and past the numbers that would make
// an id that another row has. It is called once, after the last Add.
func (s *IDs) Repeats() map[uint32]int {
	out, last := map[uint32]int{}, map[uint64]int{}
	for _, r := range s.again {
		n := max(last[r.hash], 1) + 1
		for taken := true; taken; n++ {
			h := max(extend(r.hash, Numbered("", n)), 1)
			taken = s.set[s.place(h)] == h
		}
		out[r.row], last[r.hash] = n-1, n-1
	}
	s.set, s.again = nil, nil
	return out
}
