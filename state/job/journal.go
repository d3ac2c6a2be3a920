package job

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// journalFile is what a journal needs of a file.
type journalFile interface {
	io.ReaderAt
	io.Writer
	io.Closer
	Sync() error
	Truncate(int64) error
}

// journal is the append-only file of a run. Appends come from the dispatcher and the writer.
type journal struct {
	f    journalFile
	mu   sync.Mutex
	end  int64 // of the last complete record
	torn bool  // bytes of a record that failed may be after end

	durable atomic.Int64 // the end at the last sync
}

// namedFile is a file whose name must lead to it: what is written to a file without a name is lost.
type namedFile struct{ *os.File }

// openJournalFile opens a journal for appending.
func openJournalFile(path string) (journalFile, error) {
	f, err := disk.Open(path, os.O_RDWR|os.O_CREATE|os.O_APPEND)
	if err != nil {
		return nil, err
	}
	return namedFile{f}, nil
}

// Sync makes the file durable. A file that was removed or replaced can't be.
func (f namedFile) Sync() error {
	if err := f.File.Sync(); err != nil {
		return err
	}
	held, err := f.Stat()
	if err != nil {
		return err
	}
	if named, err := os.Lstat(f.Name()); err != nil || !os.SameFile(held, named) {
		return fmt.Errorf("%s was removed or replaced while the run was open", f.Name())
	}
	return nil
}

// append writes one line, or nothing, and returns its offset. The line is durable after the next sync.
func (j *journal) append(line []byte) (int64, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.torn {
		if err := j.f.Truncate(j.end); err != nil {
			return 0, fmt.Errorf("cutting a torn record off the journal: %w", err)
		}
		j.torn = false
	}
	if _, err := j.f.Write(line); err != nil {
		j.torn = true
		return 0, fmt.Errorf("writing the journal: %w", err)
	}
	at := j.end
	j.end += int64(len(line))
	return at, nil
}

// add appends a record, and returns its offset.
func (j *journal) add(rec *record) (int64, error) {
	line, err := encodeRecord(rec)
	if err != nil {
		return 0, err
	}
	return j.append(line)
}

func (j *journal) sync() error {
	j.mu.Lock()
	end := j.end
	j.mu.Unlock()
	if err := j.f.Sync(); err != nil {
		return fmt.Errorf("making the journal durable: %w", err)
	}
	j.durable.Store(end)
	return nil
}

// replay calls f for each record from an offset on. It returns the end of the last complete line, and the number of
// damaged lines before it. What follows the last '\n' is a torn record, and ignored. A record is valid until f returns.
func replay(r io.ReaderAt, from int64, each func(at int64, rec *record)) (end int64, damaged int, err error) {
	lines := input.NewLines(io.NewSectionReader(r, from, 1<<62), from)
	var reader recordReader
	end = from
	for {
		l, err := lines.Next()
		if errors.Is(err, io.EOF) {
			return end, damaged, nil
		}
		if err != nil {
			return end, damaged, fmt.Errorf("reading the journal: %w", err)
		}
		if l.Cut() {
			return end, damaged, nil // torn
		}
		end = l.End
		if rec, ok := reader.read(l.Text); ok {
			each(l.Offset, rec)
		} else if !l.Blank() {
			damaged++
		}
	}
}

// read reads the record at an offset.
func (j *journal) read(at int64) (*record, error) {
	line, err := lineAt(j.f, at)
	if err != nil {
		return nil, fmt.Errorf("reading the journal again: %w", err)
	}
	rec, ok := decodeRecord(line)
	if !ok {
		return nil, fmt.Errorf("reading the journal again: the record at %d is damaged", at)
	}
	return rec, nil
}

// lineAt reads one line without its end; most records fit into the first read.
func lineAt(r io.ReaderAt, at int64) ([]byte, error) {
	for size := 4 << 10; ; size *= 4 {
		buf := make([]byte, size)
		n, err := r.ReadAt(buf, at)
		if i := bytes.IndexByte(buf[:n], '\n'); i >= 0 {
			return buf[:i], nil
		}
		if err != nil {
			return nil, err
		}
		if size > 4*input.MaxRow {
			return nil, bufio.ErrTooLong
		}
	}
}

func (j *journal) close() error { return errors.Join(j.sync(), j.f.Close()) }
