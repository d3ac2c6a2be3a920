package job

import (
	"encoding/binary"
	"fmt"
	"os"
	"sync"

	"relaytop/state/job/input"
)

// place is where a row is in the input, and what is in it. It does not change.
type place struct {
	off  int64 // in the input
	key  input.Key
	n    uint32 // length in the input
	line uint32 // 1-based, of its beginning; 0: the row is known from the journal alone
}

const placeSize = 8 + len(input.Key{}) + 4 + 4

// chunksInMemory is how many chunks of places are held in memory. Those of later rows are in a file: a million of them
// would take 32 MB.
const chunksInMemory = 16

type chunkOfPlaces [rowsPerChunk]place

// places holds the places of the rows of an index. It has a lock of its own.
type places struct {
	dir string // where the file is made

	mu     sync.Mutex
	f      *os.File // nil: everything is in memory
	name   string   // of f, where an open file can't be removed; "" elsewhere
	recent [4]recentPlaces
	oldest int // of recent
}

// recentPlaces are places that were read again.
type recentPlaces struct {
	chunk int
	rows  *chunkOfPlaces
}

// spill writes a chunk to the file. False: the file could not be written, and the chunk has to stay in memory.
func (p *places) spill(chunk int, rows *chunkOfPlaces) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.f == nil {
		f, err := os.CreateTemp(p.dir, "rows-*")
		if err != nil {
			return false
		}
		if p.f = f; os.Remove(f.Name()) != nil { // then close removes it
			p.name = f.Name()
		}
	}
	b := make([]byte, 0, rowsPerChunk*placeSize)
	for i := range rows {
		r := &rows[i]
		b = binary.LittleEndian.AppendUint64(b, uint64(r.off))
		b = append(b, r.key[:]...)
		b = binary.LittleEndian.AppendUint32(b, r.n)
		b = binary.LittleEndian.AppendUint32(b, r.line)
	}
	_, err := p.f.WriteAt(b, int64(chunk)*int64(len(b)))
	return err == nil
}

// read reads a place from the file.
func (p *places) read(chunk, i int) (place, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for k := range p.recent {
		if r := &p.recent[k]; r.rows != nil && r.chunk == chunk {
			return r.rows[i], nil
		}
	}
	b := make([]byte, rowsPerChunk*placeSize)
	if _, err := p.f.ReadAt(b, int64(chunk)*int64(len(b))); err != nil {
		return place{}, fmt.Errorf("reading the index of the rows: %w", err)
	}
	to := &p.recent[p.oldest]
	p.oldest = (p.oldest + 1) % len(p.recent)
	if to.chunk = chunk; to.rows == nil {
		to.rows = new(chunkOfPlaces)
	}
	for k := range to.rows {
		r := b[k*placeSize : (k+1)*placeSize]
		to.rows[k] = place{off: int64(binary.LittleEndian.Uint64(r)), key: input.Key(r[8:24]),
			n: binary.LittleEndian.Uint32(r[24:]), line: binary.LittleEndian.Uint32(r[28:])}
	}
	return to.rows[i], nil
}

// close removes the file.
func (p *places) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.f == nil {
		return
	}
	_ = p.f.Close() // it is not read again
	if p.name != "" {
		_ = os.Remove(p.name)
	}
}
