package job

import (
	"encoding/binary"
	"math/bits"
	"sort"
	"sync"
	"sync/atomic"

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
	flagCarried                    // in a part that is with a provider, or on its way there
	flagMoved                      // it had another place in the input when it was recorded
	flagRenamed                    // of a removed row: another row has its id now
	flagReplaced                   // of a removed row: a row of the input took its place
)

const rowsPerChunk = 4096

// maxBad bounds the reasons and duplicates that are kept; more are only counted.
const maxBad = 10_000

// index holds the rows of an input that are known so far. It grows in chunks: growing one slice would hold it twice.
//
// It grows while rows are sent. The run's lock guards it, except for what never changes of a row that is there: its
// place, its key, its occurrence, its id and its reason are read without the lock.
type index struct {
	chunks  atomic.Pointer[[]*chunk]
	len     int
	slots   []uint32                       // a hash table by key and occurrence: the place of a row, plus one
	keyed   int                            // rows in slots
	bad     sync.Map                       // reasons of bad rows
	repeats atomic.Pointer[map[uint32]int] // rows whose id an earlier row has, and their numbers; nil before seal
	ids     *input.IDs
	removed int // the first row that is no longer in the input; 0: there is none
}

type chunk struct {
	rows [rowsPerChunk]row
	// how many earlier rows have the same key; nil: none of these rows repeats one
	occ atomic.Pointer[[rowsPerChunk]uint32]
}

func newIndex() *index {
	ix := &index{ids: input.NewIDs()}
	ix.chunks.Store(new([]*chunk))
	return ix
}

func (ix *index) chunk(i int) *chunk { return (*ix.chunks.Load())[i/rowsPerChunk] }

func (ix *index) at(i int) *row { return &ix.chunk(i).rows[i%rowsPerChunk] }

// add adds a row, whose key has to be known unless it is bad.
func (ix *index) add(r row) int {
	i := ix.append(r)
	if r.key != (input.Key{}) {
		ix.insert(i)
	}
	return i
}

func (ix *index) append(r row) int {
	if ix.len%rowsPerChunk == 0 {
		more := append(*ix.chunks.Load(), new(chunk))
		ix.chunks.Store(&more)
	}
	ix.len++
	*ix.at(ix.len - 1) = r
	return ix.len - 1
}

// seal numbers the repeated ids, once every row is there.
func (ix *index) seal() {
	repeats := ix.ids.Repeats()
	ix.repeats.Store(&repeats)
}

// repeat is the number of a row whose id an earlier row has. While rows are added, no row has one.
func (ix *index) repeat(i int) (n int, ok bool) {
	if m := ix.repeats.Load(); m != nil {
		n, ok = (*m)[uint32(i)]
	}
	return n, ok
}

// reason is why a row is bad; "" if it is not, or not known.
func (ix *index) reason(i int) string {
	if v, ok := ix.bad.Load(uint32(i)); ok {
		return v.(string)
	}
	return ""
}

// insert counts the earlier rows with the key of row i, and makes the row findable.
func (ix *index) insert(i int) {
	k, occ := ix.at(i).key, 0
	if ix.find(k, 0) >= 0 {
		occ = sort.Search(i, func(occ int) bool { return ix.find(k, occ) < 0 })
	}
	ix.insertAt(i, occ)
}

// insertAt makes row i findable under an occurrence.
func (ix *index) insertAt(i, occ int) {
	if 4*(ix.keyed+1) > 3*len(ix.slots) {
		ix.grow()
	}
	if occ > 0 {
		c := ix.chunk(i)
		counts := c.occ.Load()
		if counts == nil {
			counts = new([rowsPerChunk]uint32)
		}
		counts[i%rowsPerChunk] = uint32(occ)
		c.occ.Store(counts)
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

// slot is where the search for a row begins. Keys are hashes already; the occurrence is multiplied by the golden
// ratio, which spreads equal keys over the table.
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
	if occ := ix.chunk(i).occ.Load(); occ != nil {
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
	if n, ok := ix.repeat(i); ok {
		return input.Numbered(own, n)
	}
	return own
}

func classNumber(c relay.Class) uint8 { return uint8(c.Traits().Order) }

func classOf(n uint8) relay.Class { return relay.ClassAt(int(n)) }
