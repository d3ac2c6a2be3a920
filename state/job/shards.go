package job

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"relaytop/state/disk"
	"relaytop/state/job/input"
	"relaytop/state/job/outfile"
)

// JoinShards writes the lines of several outputs of one input, each of a shard, in the order of the input. A name is
// that of a run or the path of an output. Of two lines of one row, that with the better outcome is kept.
func (b *Book) JoinShards(ctx context.Context, names []string, w io.Writer) (outfile.Joined, error) {
	j := outfile.NewJoiner()
	var open []*os.File
	defer func() {
		for _, f := range open {
			_ = f.Close() // it was only read
		}
	}()
	for _, name := range names {
		f, err := b.openShard(ctx, name)
		if err != nil {
			return outfile.Joined{}, err
		}
		open = append(open, f)
		if err := j.Read(ctx, name, f); err != nil {
			return outfile.Joined{}, err
		}
	}
	return j.Write(ctx, w)
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
	if err := b.Export(ctx, name, outfile.JSONL, f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
