package job

import (
	"context"
	"errors"
	"os"
	"runtime/debug"
	"time"

	"relaytop/state/job/input"
)

// passFor is how long the first row waits for the input to be read to its end: if it is by then, an input that must
// not be run is refused before anything is sent.
const passFor = 1500 * time.Millisecond

// passBatch is how many rows a pass hands over at once.
const passBatch = 256

// pass is the one reading of an input, from its beginning to its end. A row is handed over once its key, its
// occurrence and what is wrong with it are known: then it may be sent.
type pass struct {
	src    *input.File
	sp     *spec
	take   func([]found) // gets rows in their order; not kept
	batch  []found
	models map[string]int // of the rows that were taken
	taken  int

	first chan struct{} // closed once a row was taken
	done  chan struct{} // closed at the end; the rest is known then
	sum   string        // SHA-256 of the input
	err   error
	seen  bool // the end was acted on; only the dispatcher's
}

func newPass(src *input.File, sp *spec, take func([]found)) *pass {
	return &pass{src: src, sp: sp, take: take, models: map[string]int{}, first: make(chan struct{}),
		done: make(chan struct{})}
}

// run reads the rows, and computes the sum of the file at the same time.
func (p *pass) run(ctx context.Context) {
	defer close(p.done)
	sum := make(chan error, 1)
	go func() { sum <- p.sumUp(ctx) }()
	err := p.rows(ctx)
	p.err = errors.Join(err, <-sum)
	if err != nil {
		p.err = err // the sum fails for the same reason
	}
}

// sumUp computes the sum of the file.
func (p *pass) sumUp(ctx context.Context) (err error) {
	defer caught(&err)
	p.sum, err = p.src.SHA256(ctx)
	return err
}

// rows hands over the rows. A panic is its error: rows that were not read must not be taken for rows that are gone.
func (p *pass) rows(ctx context.Context) (err error) {
	defer caught(&err)
	p.batch = make([]found, 0, passBatch)
	err = p.src.Records(ctx, p.sp.SetHeader, p.flush, func(rec input.Record) error {
		p.batch = append(p.batch, p.sp.find(rec))
		if len(p.batch) == passBatch {
			p.flush()
		}
		return nil
	})
	p.flush()
	p.batch = nil
	return err
}

// flush hands over what was read so far.
func (p *pass) flush() {
	if len(p.batch) == 0 {
		return
	}
	n := len(p.batch)
	p.take(p.batch)
	p.batch = p.batch[:0]
	select {
	case <-p.first:
	default:
		close(p.first)
	}
	before := p.taken
	if p.taken += n; before < manyRows && p.taken >= manyRows {
		collectOften()
	}
}

// manyRows is how many rows make an index that is most of the memory in use.
const manyRows = 200_000

// collectOften makes the garbage collector leave at most a quarter of the live heap as garbage, instead of as much
// again. A large index has no pointers: it takes no time to collect around it.
func collectOften() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(25)
	}
}

// ended reports whether the whole input was read.
func (p *pass) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// wait returns when the input was read to its end. Unless whole is set it waits for passFor, and then for one row.
func (p *pass) wait(ctx context.Context, whole bool) error {
	var soon <-chan time.Time
	if !whole {
		t := time.NewTimer(passFor)
		defer t.Stop()
		soon = t.C
	}
	var first chan struct{}
	for {
		select {
		case <-p.done:
			return p.err
		case <-soon:
			first = p.first
		case <-first:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
