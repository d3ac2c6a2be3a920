package outfile

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"
	"slices"

	"relaytop/state/job/input"
)

// MaxMissing bounds the places that are named; more are only counted.
const MaxMissing = 20

// Joined is what was put together from the outputs of shards.
type Joined struct {
	Rows    int // of the whole input
	Counts  map[Outcome]int
	Double  int      // lines left out: another line of their row is kept
	Missing []int    // places of rows that no output has, from 1; the first of them
	Lost    int      // how many rows no output has
	Absent  []string // shards of which there is no output
}

// place is where the kept line of a row is. A row takes 32 bytes.
type place struct {
	off     int64
	id      uint64 // hash of the custom_id
	n       uint32
	part    uint16
	outcome Outcome
}

// Joiner reads the outputs of shards, and notes the best line of each row.
type Joiner struct {
	parts  []*os.File
	rows   []place
	of     int // number of shards
	shards map[input.Shard]bool
	seed   maphash.Seed
	joined Joined
}

// NewJoiner returns a Joiner that has read nothing.
func NewJoiner() *Joiner {
	return &Joiner{shards: map[input.Shard]bool{}, seed: maphash.MakeSeed(), joined: Joined{Counts: make(map[Outcome]int)}}
}

// Read notes the lines of one output. The file is read again by Write.
func (j *Joiner) Read(ctx context.Context, name string, f *os.File) error {
	j.parts = append(j.parts, f)
	lines := input.NewLines(io.NewSectionReader(f, 0, 1<<62), 0)
	for {
		l, err := lines.Next()
		switch {
		case errors.Is(err, io.EOF):
			return ctx.Err()
		case err != nil:
			return fmt.Errorf("reading %s: %w", name, err)
		case l.Blank():
			continue
		case l.TooLong, l.Cut():
			return input.Unusable("%s is cut off in line %d: copy it again", name, l.N)
		case ctx.Err() != nil:
			return ctx.Err()
		}
		if err := j.note(name, &l); err != nil {
			return err
		}
	}
}

// note takes a line, unless a better one of its row is there.
func (j *Joiner) note(name string, l *input.Line) error {
	var line struct {
		ID   string `json:"custom_id"`
		Ours struct {
			Outcome   Outcome
			Shard     string
			Row, Rows int
		} `json:"relaytop"`
	}
	if err := json.Unmarshal(l.Text, &line); err != nil {
		return input.Unusable("line %d of %s is not JSON: %w", l.N, name, err)
	}
	ours := &line.Ours
	shard, err := input.ParseShard(ours.Shard)
	if err != nil || ours.Row < 1 || ours.Row > ours.Rows {
		return input.Unusable("line %d of %s does not say which row of the input it is: only outputs of --shard can be "+
			"merged", l.N, name)
	}
	if j.rows == nil {
		j.rows, j.of, j.joined.Rows = make([]place, ours.Rows), shard.N, ours.Rows
	}
	if ours.Rows != len(j.rows) || shard.N != j.of {
		return input.Unusable("%s is of an input of %d rows in %d shards, and %s of one of %d in %d: they don't belong "+
			"together", name, ours.Rows, shard.N, filepath.Base(j.parts[0].Name()), len(j.rows), j.of)
	}
	j.shards[shard] = true
	at := place{off: l.Offset, n: uint32(len(l.Text)), part: uint16(len(j.parts) - 1), outcome: known(ours.Outcome),
		id: max(maphash.String(j.seed, line.ID), 1)}
	old := &j.rows[ours.Row-1]
	if old.id != 0 {
		if old.id != at.id {
			return input.Unusable("row %d of the input is %q in %s and has another id before: they are not of one input",
				ours.Row, line.ID, name)
		}
		j.joined.Double++
	}
	if old.id == 0 || better(at.outcome, old.outcome) {
		*old = at
	}
	return nil
}

// Write writes the lines that were read, in the order of the input.
func (j *Joiner) Write(ctx context.Context, w io.Writer) (Joined, error) {
	out := bufio.NewWriterSize(w, 64<<10)
	var line []byte
	for i := range j.rows {
		at := &j.rows[i]
		if at.id == 0 {
			if j.joined.Lost++; len(j.joined.Missing) < MaxMissing {
				j.joined.Missing = append(j.joined.Missing, i+1)
			}
			continue
		}
		if err := ctx.Err(); err != nil {
			return Joined{}, err
		}
		line = slices.Grow(line[:0], int(at.n)+1)[:at.n]
		if _, err := j.parts[at.part].ReadAt(line, at.off); err != nil {
			return Joined{}, fmt.Errorf("reading row %d again: %w", i+1, err)
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return Joined{}, err
		}
		j.joined.Counts[at.outcome]++
	}
	for i := 1; i <= j.of; i++ {
		if s := (input.Shard{I: i, N: j.of}); !j.shards[s] {
			j.joined.Absent = append(j.joined.Absent, s.String())
		}
	}
	return j.joined, out.Flush()
}

// ranks are the outcomes of rows from the worst up.
var ranks = [...]Outcome{Pending, Skipped, Failed, Incomplete, OK}

// better reports whether a row that ended as a is worth more than as b.
func better(a, b Outcome) bool { return slices.Index(ranks[:], a) > slices.Index(ranks[:], b) }

// known is an outcome that a line names; one that is not known may be sent again.
func known(o Outcome) Outcome {
	if slices.Index(ranks[:], o) < 0 {
		return Pending
	}
	return o
}
