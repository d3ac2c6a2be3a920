package job

import (
	"bytes"
	"slices"
	"sort"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// row is what is held in memory of a row while its run is open. A million of them take 48 MB.
type row struct {
	off     int64 // in the input
	jrn     int64 // of its newest ended record in the journal, plus one; 0: none
	key     input.Key
	n       uint32 // length in the input
	line    uint32 // 1-based, of its beginning; 0: the row is known from the journal alone
	id      uint32 // hash of its own id; 0: it has none
	outcome Outcome
	class   uint8 // 1 + place in relay.Classes; 0: none
	flags   uint8
	try     uint8 // how many times the user had it sent
}

// Flags of a row.
const (
	flagSent     uint8 = 1 << iota // sent, and no record of an end
	flagTwice                      // may have been paid twice
	flagFellBack                   // another model answered
	flagBack                       // put back: it is in the queue of those to be sent again
	flagCarried                    // in a part that is with a provider, or on its way there
)

const rowsPerChunk = 4096

// maxBad bounds the reasons and duplicates that are kept; more are only counted.
const maxBad = 10_000

// index holds every row of an input. It grows in chunks: growing one slice would hold it twice.
type index struct {
	chunks  [][]row
	len     int
	order   []uint32          // by key, equal keys by place; after seal
	bad     map[uint32]string // reasons of bad rows
	repeats map[uint32]int    // rows whose id an earlier row has, and the number that makes theirs another
	ids     *input.IDs
}

func newIndex() *index {
	return &index{bad: map[uint32]string{}, repeats: map[uint32]int{}, ids: input.NewIDs()}
}

func (ix *index) at(i int) *row { return &ix.chunks[i/rowsPerChunk][i%rowsPerChunk] }

func (ix *index) add(r row) int {
	if ix.len%rowsPerChunk == 0 {
		ix.chunks = append(ix.chunks, make([]row, 0, rowsPerChunk))
	}
	last := &ix.chunks[len(ix.chunks)-1]
	*last = append(*last, r)
	ix.len++
	return ix.len - 1
}

// seal numbers the repeated ids and sorts the keys, once every row is there.
func (ix *index) seal() {
	ix.repeats = ix.ids.Repeats()
	ix.order = make([]uint32, ix.len)
	for i := range ix.order {
		ix.order[i] = uint32(i)
	}
	slices.SortFunc(ix.order, func(a, b uint32) int {
		ka, kb := &ix.at(int(a)).key, &ix.at(int(b)).key
		if c := bytes.Compare(ka[:], kb[:]); c != 0 {
			return c
		}
		return int(a) - int(b)
	})
}

func (ix *index) first(k input.Key) int {
	return sort.Search(len(ix.order), func(j int) bool { return bytes.Compare(ix.at(int(ix.order[j])).key[:], k[:]) >= 0 })
}

// find returns the row with the occ-th (from 0) occurrence of a key, or -1.
func (ix *index) find(k input.Key, occ int) int {
	j := ix.first(k) + occ
	if occ < 0 || j >= len(ix.order) || ix.at(int(ix.order[j])).key != k {
		return -1
	}
	return int(ix.order[j])
}

// occurrence counts the rows with the same key before row i.
func (ix *index) occurrence(i int) int {
	k := ix.at(i).key
	from := ix.first(k)
	j, _ := slices.BinarySearchFunc(ix.order[from:], uint32(i), func(o, want uint32) int {
		if ix.at(int(o)).key != k {
			return 1
		}
		return int(o) - int(want)
	})
	return j
}

// addID adds the own id of the row that was added last, "" if it has none.
func (ix *index) addID(own string) {
	i := ix.len - 1
	ix.ids.Add(own, i)
	if own != "" {
		ix.at(i).id = ix.hashOf(own)
	}
}

func (ix *index) hashOf(id string) uint32 { return max(uint32(ix.ids.Hash(id)>>32), 1) }

// idOf is the id of a row in the outputs: its own, or row-N, with a number if an earlier row has it. No two rows have
// the same.
func (ix *index) idOf(i int, own string) string {
	if own == "" {
		own = input.RowName(i)
	}
	if n, ok := ix.repeats[uint32(i)]; ok {
		return input.Numbered(own, n)
	}
	return own
}

func classNumber(c relay.Class) uint8 { return uint8(c.Traits().Order) }

func classOf(n uint8) relay.Class { return relay.ClassAt(int(n)) }
