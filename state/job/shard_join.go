package job

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

	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// maxMissing bounds the places that are named; more are only counted.
const maxMissing = 20

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

// joiner reads the outputs of shards, and notes the best line of each row.
type joiner struct {
	parts  []*os.File
	rows   []place
	of     int // number of shards
	shards map[Shard]bool
	seed   maphash.Seed
	joined Joined
}

// JoinShards writes the lines of several outputs of one input, each of a shard, in the order of the input. A name is
// that of a run or the path of an output. Of two lines of one row, that with the better outcome is kept.
func (b *Book) JoinShards(ctx context.Context, names []string, w io.Writer) (Joined, error) {
	j := &joiner{shards: map[Shard]bool{}, seed: maphash.MakeSeed(), joined: Joined{Counts: make(map[Outcome]int)}}
	defer func() {
		for _, f := range j.parts {
			_ = f.Close() // it was only read
		}
	}()
	for _, name := range names {
		f, err := b.openShard(ctx, name)
		if err != nil {
			return Joined{}, err
		}
		j.parts = append(j.parts, f)
		if err := j.read(ctx, name, f); err != nil {
			return Joined{}, err
		}
	}
	if err := j.write(ctx, w); err != nil {
		return Joined{}, err
	}
	for i := 1; i <= j.of; i++ {
		if s := (Shard{i, j.of}); !j.shards[s] {
			j.joined.Absent = append(j.joined.Absent, s.String())
		}
	}
	return j.joined, nil
}

// openShard opens an output, or a copy of that of a run.
func (b *Book) openShard(ctx context.Context, name string) (*os.File, error) {
	if _, ok := b.Header(name); !ok {
		f, err := os.Open(name)
		if err != nil {
			return nil, input.Unusable("%s is neither a run nor an output that can be read (%w)", name, disk.Cause(err))
		}
		return f, nil
	}
	f, err := os.CreateTemp(b.cfg.Dir, "shard-*.jsonl")
	if err != nil {
		return nil, fmt.Errorf("copying the output of run %s: %w", name, err)
	}
	_ = os.Remove(f.Name()) // it is gone when it is closed; where an open file can't be removed, it stays
	if err := b.Export(ctx, name, FormatJSONL, f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// read notes the lines of one output.
func (j *joiner) read(ctx context.Context, name string, f *os.File) error {
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
func (j *joiner) note(name string, l *input.Line) error {
	var line struct {
		ID   string `json:"custom_id"`
		Ours struct {
			Outcome, Shard string
			Row, Rows      int
		} `json:"relaytop"`
	}
	if err := json.Unmarshal(l.Text, &line); err != nil {
		return input.Unusable("line %d of %s is not JSON: %w", l.N, name, err)
	}
	ours := &line.Ours
	shard, err := ParseShard(ours.Shard)
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
	at := place{off: l.Offset, n: uint32(len(l.Text)), part: uint16(len(j.parts) - 1), outcome: outcomeNamed(ours.Outcome),
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

// write writes the noted lines.
func (j *joiner) write(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriterSize(w, 64<<10)
	var line []byte
	for i := range j.rows {
		at := &j.rows[i]
		if at.id == 0 {
			if j.joined.Lost++; len(j.joined.Missing) < maxMissing {
				j.joined.Missing = append(j.joined.Missing, i+1)
			}
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		line = slices.Grow(line[:0], int(at.n)+1)[:at.n]
		if _, err := j.parts[at.part].ReadAt(line, at.off); err != nil {
			return fmt.Errorf("reading row %d again: %w", i+1, err)
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return err
		}
		j.joined.Counts[at.outcome]++
	}
	return out.Flush()
}

// better reports whether a row that ended as a is worth more than as b.
func better(a, b Outcome) bool {
	rank := func(o Outcome) int { return slices.Index([]Outcome{RowSkipped, RowFailed, RowIncomplete, RowOK}, o) }
	return rank(a) > rank(b)
}

// outcomeNamed is the outcome that an output names.
func outcomeNamed(s string) Outcome {
	switch s {
	case stateOK:
		return RowOK
	case stateFailed:
		return RowFailed
	case stateIncomplete:
		return RowIncomplete
	case outcomeSkipped:
		return RowSkipped
	}
	return Pending
}
