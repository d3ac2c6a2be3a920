package job

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"sort"
	"sync"
	"sync/atomic"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// row is what is held in memory of a row while its run is open: a million of them take 24 MB, with half of their keys.
type row struct {
	jrn     int64  // of its newest ended record in the journal, plus one; 0: none
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
	places  places
	removed int // the first row that is no longer in the input; 0: there is none
}

type chunk struct {
	rows [rowsPerChunk]row
	// the first half of each key; 0: it is not known
	keys [rowsPerChunk]uint64
	// nil: they are in the file
	places atomic.Pointer[chunkOfPlaces]
	// how many earlier rows have the same key; nil: none of these rows repeats one
	occ atomic.Pointer[[rowsPerChunk]uint32]
}

// newIndex makes an empty index. If it becomes large, it has a file in dir.
func newIndex(dir string) *index {
	ix := &index{ids: input.NewIDs(), places: places{dir: dir}}
	ix.chunks.Store(new([]*chunk))
	return ix
}

func (ix *index) chunk(i int) *chunk { return (*ix.chunks.Load())[i/rowsPerChunk] }

func (ix *index) at(i int) *row { return &ix.chunk(i).rows[i%rowsPerChunk] }

// place is where a row is. If that can't be read, it is zero: the row looks like one that only the journal has.
func (ix *index) place(i int) place {
	at, _ := ix.readPlace(i)
	return at
}

func (ix *index) readPlace(i int) (place, error) {
	if list := ix.chunk(i).places.Load(); list != nil {
		return list[i%rowsPerChunk], nil
	}
	return ix.places.read(i/rowsPerChunk, i%rowsPerChunk)
}

// half is the first half of the key of row i.
func (ix *index) half(i int) uint64 { return ix.chunk(i).keys[i%rowsPerChunk] }

// firstHalf is the first half of a key. It is not 0.
func firstHalf(k input.Key) uint64 { return cmp.Or(binary.LittleEndian.Uint64(k[:]), math.MaxUint64) }

// add adds a row, whose key has to be known unless it is bad.
func (ix *index) add(r row, at place) int {
	i := ix.append(r, at)
	if at.key != (input.Key{}) {
		ix.insert(i)
	}
	return i
}

func (ix *index) append(r row, at place) int {
	i := ix.len
	if i%rowsPerChunk == 0 {
		list := *ix.chunks.Load()
		if n := len(list) - 1; n >= chunksInMemory && ix.places.spill(n, list[n].places.Load()) {
			list[n].places.Store(nil)
		}
		c := new(chunk)
		c.places.Store(new(chunkOfPlaces))
		list = append(list, c)
		ix.chunks.Store(&list)
	}
	ix.len++
	c := ix.chunk(i)
	c.places.Load()[i%rowsPerChunk], c.rows[i%rowsPerChunk] = at, r
	if at.key != (input.Key{}) {
		c.keys[i%rowsPerChunk] = firstHalf(at.key)
	}
	return i
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

// insert counts the earlier rows with the key of row i, and makes the row findable. Of the keys half is compared: the
// number only has to be the same each time the same input is read.
func (ix *index) insert(i int) {
	k, occ := ix.half(i), 0
	if ix.findHalf(k, 0) >= 0 {
		occ = sort.Search(i, func(occ int) bool { return ix.findHalf(k, occ) < 0 })
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
	ix.put(i)
	ix.keyed++
}

// grow doubles the table.
func (ix *index) grow() {
	ix.slots = make([]uint32, max(2*len(ix.slots), rowsPerChunk))
	for i := range ix.len - 1 {
		if ix.half(i) != 0 {
			ix.put(i)
		}
	}
}

func (ix *index) put(i int) {
	s := ix.slot(ix.half(i), ix.occurrence(i))
	for ix.slots[s] != 0 {
		s = (s + 1) & (len(ix.slots) - 1)
	}
	ix.slots[s] = uint32(i + 1)
}

// slot is where the search for a row begins. Keys are hashes already; the occurrence is multiplied by the golden
// ratio, which spreads equal keys over the table.
func (ix *index) slot(half uint64, occ int) int {
	h := half + uint64(occ)*0x9e3779b97f4a7c15
	return int(h >> (64 - bits.TrailingZeros(uint(len(ix.slots)))))
}

// find returns the row with the occ-th (from 0) occurrence of a key, or -1. Where the index can't be read, half of the
// key decides: a row that is not found would be paid for again.
func (ix *index) find(k input.Key, occ int) int {
	i := ix.findHalf(firstHalf(k), occ)
	if i < 0 {
		return -1
	}
	if at, err := ix.readPlace(i); err == nil && at.key != k {
		return -1
	}
	return i
}

func (ix *index) findHalf(half uint64, occ int) int {
	if occ < 0 || len(ix.slots) == 0 {
		return -1
	}
	for s := ix.slot(half, occ); ix.slots[s] != 0; s = (s + 1) & (len(ix.slots) - 1) {
		if i := int(ix.slots[s] - 1); ix.half(i) == half && ix.occurrence(i) == occ {
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
