package input

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// maxShards bounds how many machines a file is spread over.
const maxShards = 10_000

// Shard is the part of an input that a run sends: the I-th of N, from 1. The zero value is the whole input. A row
// belongs to a shard by its key, wherever it stands; equal rows are in one shard, and bad rows, which have no key, in
// the first.
type Shard struct{ I, N int }

// ParseShard reads "2/3".
func ParseShard(s string) (Shard, error) {
	i, n, _ := strings.Cut(s, "/")
	var out Shard
	var errI, errN error
	out.I, errI = strconv.Atoi(i)
	out.N, errN = strconv.Atoi(n)
	if cmp.Or(errI, errN) != nil || out.I < 1 || out.I > out.N || out.N > maxShards {
		return Shard{}, Unusable("a shard of %q: I/N, such as 1/3 for the first of three", s)
	}
	return out, nil
}

// Whole reports whether it is the whole input.
func (s Shard) Whole() bool { return s.N == 0 }

// String is what ParseShard reads; "" for the whole input.
func (s Shard) String() string {
	if s.Whole() {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.I, s.N)
}

// Has reports whether a row is in the shard.
func (s Shard) Has(k Key) bool {
	return s.Whole() || binary.BigEndian.Uint64(k[:])%uint64(s.N) == uint64(s.I-1)
}

// Suffix is what an output of the shard has before its extension.
func (s Shard) Suffix() string {
	if s.Whole() {
		return ""
	}
	return fmt.Sprintf(".%d-of-%d", s.I, s.N)
}
