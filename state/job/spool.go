package job

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// spool is the copy of an input that can be read only once, and may still be going on.
type spool struct {
	path string
	copy *input.Copy
}

// keep returns the path where an input can be read repeatedly: its own, or that of a copy, which Start takes over.
func (b *Book) keep(name string) (spool, error) {
	if name != "-" {
		if stream, err := input.IsStream(name); err != nil || !stream {
			return spool{path: name}, err
		}
	}
	b.spools.Lock()
	defer b.spools.Unlock()
	key := spoolKey(name)
	if s, ok := b.spool[key]; ok {
		return s, nil
	}
	f, err := os.CreateTemp(b.cfg.Dir, "input-*.spool")
	if err != nil {
		return spool{}, fmt.Errorf("keeping a copy of the input: %w", err)
	}
	s := spool{path: f.Name(), copy: b.copy(name, f)}
	b.spool[key] = s
	return s, nil
}

func spoolKey(name string) string {
	if abs, err := filepath.Abs(name); err == nil && name != "-" {
		return abs
	}
	return name
}

// fetch begins to put a copy of an input that can be read only once into a run's folder, or moves the one that keep
// made. nil: the input can be read where it is.
func (b *Book) fetch(name, to string) (*input.Copy, error) {
	b.spools.Lock()
	defer b.spools.Unlock()
	key := spoolKey(name)
	if s, ok := b.spool[key]; ok {
		if err := b.cfg.files.Rename(s.path, to); err != nil {
			// The copy may have been renamed, but not durably. The folder of a run that did not start is removed, and this is
			// the only copy: it is moved back.
			_ = os.Rename(to, s.path)
			return nil, fmt.Errorf("keeping a copy of the input: %w", err)
		}
		delete(b.spool, key)
		return s.copy, nil
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
	return b.copy(name, f), nil
}

// copy begins to copy an input into f. Its goroutine ends when the input does, or after Copy.Stop: a read of stdin
// can't be interrupted, so nothing waits for it.
func (b *Book) copy(name string, f *os.File) *input.Copy {
	c := input.NewCopy(f)
	go func() {
		if name == "-" {
			c.Finish(input.Unpack(c, b.cfg.Stdin))
		} else {
			c.Finish(input.UnpackFile(c, name))
		}
	}()
	return c
}

// dropSpools removes copies that no run took over.
func (b *Book) dropSpools() error {
	b.spools.Lock()
	defer b.spools.Unlock()
	var errs []error
	for key, s := range b.spool {
		s.copy.Stop()
		errs = append(errs, os.Remove(s.path))
		delete(b.spool, key)
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
