package job

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// keep returns the path where an input can be read repeatedly: its own, or that of a copy, which Start takes over.
func (b *Book) keep(name string) (string, error) {
	if name != "-" {
		if stream, err := input.IsStream(name); err != nil || !stream {
			return name, err
		}
	}
	b.spools.Lock()
	defer b.spools.Unlock()
	key := spoolKey(name)
	if path := b.spool[key]; path != "" {
		return path, nil
	}
	f, err := os.CreateTemp(b.cfg.Dir, "input-*.spool")
	if err != nil {
		return "", fmt.Errorf("keeping a copy of the input: %w", err)
	}
	path := f.Name()
	if err := errors.Join(f.Close(), b.spoolTo(name, path)); err != nil {
		return "", errors.Join(err, os.Remove(path))
	}
	b.spool[key] = path
	return path, nil
}

func spoolKey(name string) string {
	if abs, err := filepath.Abs(name); err == nil && name != "-" {
		return abs
	}
	return name
}

// fetch puts a copy of an input that can be read only once into a run's folder. False: it can be read where it is.
func (b *Book) fetch(name, to string) (bool, error) {
	b.spools.Lock()
	defer b.spools.Unlock()
	key := spoolKey(name)
	if path := b.spool[key]; path != "" {
		if err := b.cfg.files.Rename(path, to); err != nil {
			// The copy may have been renamed, but not durably. The folder of a run that did not start is removed, and this is
			// the only copy: it is moved back.
			_ = os.Rename(to, path)
			return false, fmt.Errorf("keeping a copy of the input: %w", err)
		}
		delete(b.spool, key)
		return true, nil
	}
	if name != "-" {
		if stream, err := input.IsStream(name); err != nil || !stream {
			return false, err
		}
	}
	return true, b.spoolTo(name, to)
}

func (b *Book) spoolTo(path, to string) error {
	f, err := disk.Open(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	if path == "-" {
		err = input.Unpack(f, b.cfg.Stdin)
	} else {
		err = input.UnpackFile(f, path)
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	return errors.Join(f.Sync(), f.Close())
}

// dropSpools removes copies that no run took over.
func (b *Book) dropSpools() error {
	b.spools.Lock()
	defer b.spools.Unlock()
	var errs []error
	for key, path := range b.spool {
		errs = append(errs, os.Remove(path))
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
