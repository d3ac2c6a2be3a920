package job

import (
	"encoding/binary"
	"math/bits"
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

// index holds the rows of an input that are known so far. It grows in chunks: growing one slice would hold it twice.
// While the input is read, the run's lock guards it.
type index struct {
	chunks  []*chunk
	len     int
	slots   []uint32          // a hash table by key and occurrence: the place of a row, plus one
	keyed   int               // rows in slots
	bad     map[uint32]string // reasons of bad rows
	repeats map[uint32]int    // rows whose id an earlier row has, and the number that makes theirs another; after seal
	ids     *input.IDs
}

type chunk struct {
	rows [rowsPerChunk]row
	occ  *[rowsPerChunk]uint32 // how many earlier rows have the same key; nil: none of these rows repeats one
}

func newIndex() *index {
	return &index{bad: map[uint32]string{}, repeats: map[uint32]int{}, ids: input.NewIDs()}
}

func (ix *index) at(i int) *row { return &ix.chunks[i/rowsPerChunk].rows[i%rowsPerChunk] }

// add adds a row, whose key has to be known unless it is bad.
func (ix *index) add(r row) int {
	if ix.len%rowsPerChunk == 0 {
		ix.chunks = append(ix.chunks, new(chunk))
	}
	i := ix.len
	ix.len++
	*ix.at(i) = r
	if r.key != (input.Key{}) {
		ix.insert(i)
	}
	return i
}

// seal numbers the repeated ids, once every row is there.
func (ix *index) seal() { ix.repeats = ix.ids.Repeats() }

// insert counts the earlier rows with the key of row i, and makes the row findable.
func (ix *index) insert(i int) {
	if 4*(ix.keyed+1) > 3*len(ix.slots) {
		ix.grow()
	}
	k := ix.at(i).key
	if occ := sort.Search(i, func(occ int) bool { return ix.find(k, occ) < 0 }); occ > 0 {
		c := ix.chunks[i/rowsPerChunk]
		if c.occ == nil {
			c.occ = new([rowsPerChunk]uint32)
		}
		c.occ[i%rowsPerChunk] = uint32(occ)
	}
	ix.place(i)
	ix.keyed++
}

// grow doubles the table.
func (ix *index) grow() {
	ix.slots = make([]uint32, max(2*len(ix.slots), rowsPerChunk))
	for i := range ix.len - 1 {
		if ix.at(i).key != (input.Key{}) {
			ix.place(i)
		}
	}
}

func (ix *index) place(i int) {
	s := ix.slot(ix.at(i).key, ix.occurrence(i))
	for ix.slots[s] != 0 {
		s = (s + 1) & (len(ix.slots) - 1)
	}
	ix.slots[s] = uint32(i + 1)
}

// slot is where the search for a row begins. Keys are hashes already; the occurrence is multiplied by the golden ratio,
// which spreads equal keys over the table.
func (ix *index) slot(k input.Key, occ int) int {
	h := binary.LittleEndian.Uint64(k[:]) + uint64(occ)*0x9e3779b97f4a7c15
	return int(h >> (64 - bits.TrailingZeros(uint(len(ix.slots)))))
}

// find returns the row with the occ-th (from 0) occurrence of a key, or -1.
func (ix *index) find(k input.Key, occ int) int {
	if occ < 0 || len(ix.slots) == 0 {
		return -1
	}
	for s := ix.slot(k, occ); ix.slots[s] != 0; s = (s + 1) & (len(ix.slots) - 1) {
		if i := int(ix.slots[s] - 1); ix.at(i).key == k && ix.occurrence(i) == occ {
			return i
		}
	}
	return -1
}

// occurrence counts the rows with the same key before row i.
func (ix *index) occurrence(i int) int {
	if occ := ix.chunks[i/rowsPerChunk].occ; occ != nil {
		return int(occ[i%rowsPerChunk])
	}
	return 0
}

// addID adds the own id of the row that was added last, "" if it has none. It reports whether an earlier row has it.
func (ix *index) addID(own string) (again bool) {
	i := ix.len - 1
	again = ix.ids.Add(own, i)
	if own != "" {
		ix.at(i).id = ix.hashOf(own)
	}
	return again
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
