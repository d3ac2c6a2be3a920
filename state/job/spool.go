package job

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// spool is the copy of an input that can be read only once, and may still be going on.
type spool struct {
	path string
	copy *input.Copy
}

// spools are the copies that no run has taken over yet.
type spools struct {
	dir   string // of the runs
	stdin io.Reader
	files disk.Files

	mu     sync.Mutex
	copies map[string]spool // by the name of the input
}

func newSpools(cfg *Config) *spools {
	return &spools{dir: cfg.Dir, stdin: cfg.Stdin, files: cfg.files, copies: map[string]spool{}}
}

// open opens an input for a plan, and returns its name. A copy of one that can be read only once is kept for the run.
func (s *spools) open(ctx context.Context, o *Options) (*input.File, string, error) {
	if o.Sample {
		f, err := os.CreateTemp(s.dir, "sample-*.jsonl")
		if err != nil {
			return nil, "", fmt.Errorf("keeping the sample: %w", err)
		}
		_, err = f.Write(sample)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, "", errors.Join(err, os.Remove(f.Name()))
		}
		src, err := input.Open(f.Name(), sampleName, false)
		return src, sampleName, errors.Join(err, os.Remove(f.Name()))
	}
	name := filepath.Base(o.Input)
	if o.Input == "-" {
		name = "stdin"
	}
	kept, err := s.keep(o.Input)
	if err != nil {
		return nil, "", err
	}
	if kept.copy != nil {
		src, err := input.OpenCopy(ctx, kept.path, name, o.Paragraphs, kept.copy)
		return src, name, err
	}
	src, err := input.Open(kept.path, name, o.Paragraphs)
	return src, name, err
}

// keep returns the path where an input can be read repeatedly: its own, or that of a copy, which Start takes over.
func (s *spools) keep(name string) (spool, error) {
	if name != "-" {
		if stream, err := input.IsStream(name); err != nil || !stream {
			return spool{path: name}, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := spoolKey(name)
	if kept, ok := s.copies[key]; ok {
		return kept, nil
	}
	f, err := os.CreateTemp(s.dir, "input-*.spool")
	if err != nil {
		return spool{}, fmt.Errorf("keeping a copy of the input: %w", err)
	}
	kept := spool{path: f.Name(), copy: s.copy(name, f)}
	s.copies[key] = kept
	return kept, nil
}

func spoolKey(name string) string {
	if abs, err := filepath.Abs(name); err == nil && name != "-" {
		return abs
	}
	return name
}

// fetch begins to put a copy of an input that can be read only once into a run's folder, or moves the one that keep
// made. nil: the input can be read where it is.
func (s *spools) fetch(name, to string) (*input.Copy, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := spoolKey(name)
	if kept, ok := s.copies[key]; ok {
		if err := s.files.Rename(kept.path, to); err != nil {
			// The copy may have been renamed, but not durably. The folder of a run that did not start is removed, and this is
			// the only copy: it is moved back.
			_ = os.Rename(to, kept.path)
			return nil, fmt.Errorf("keeping a copy of the input: %w", err)
		}
		delete(s.copies, key)
		return kept.copy, nil
	}
	if name != "-" {
		if stream, err := input.IsStream(name); err != nil || !stream {
			return nil, err
		}
	}
	f, err := disk.Open(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return nil, err
	}
	return s.copy(name, f), nil
}

// copy begins to copy an input into f. Its goroutine ends when the input does, or after Copy.Stop: a read of stdin
// can't be interrupted, so nothing waits for it.
func (s *spools) copy(name string, f *os.File) *input.Copy {
	c := input.NewCopy(f)
	go func() { c.Finish(s.unpack(name, c)) }()
	return c
}

// unpack reads an input into its copy.
func (s *spools) unpack(name string, c *input.Copy) (err error) {
	defer caught(&err)
	if name == "-" {
		return input.Unpack(c, s.stdin)
	}
	return input.UnpackFile(c, name)
}

// drop removes copies that no run took over.
func (s *spools) drop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for key, kept := range s.copies {
		kept.copy.Stop()
		errs = append(errs, os.Remove(kept.path))
		delete(s.copies, key)
	}
	return errors.Join(errs...)
}

// removeFolder removes the folder of a run that did not start.
func removeFolder(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("removing the folder of a run that did not start: %w", err)
	}
	return nil
}
