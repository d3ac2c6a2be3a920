package job

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// keep returns where an input can be read as often as needed: itself, or a copy that Start takes over.
func (b *Book) keep(input string) (string, error) {
	if input != "-" {
		if once, err := needsSpool(input); err != nil || !once {
			return input, err
		}
	}
	b.spools.Lock()
	defer b.spools.Unlock()
	key := spoolKey(input)
	if path := b.spool[key]; path != "" {
		return path, nil
	}
	f, err := os.CreateTemp(b.cfg.Dir, "input-*.spool")
	if err != nil {
		return "", fmt.Errorf("keeping a copy of the input: %w", err)
	}
	path := f.Name()
	if err := errors.Join(f.Close(), b.spoolTo(input, path)); err != nil {
		return "", errors.Join(err, os.Remove(path))
	}
	b.spool[key] = path
	return path, nil
}

func spoolKey(input string) string {
	if abs, err := filepath.Abs(input); err == nil && input != "-" {
		return abs
	}
	return input
}

// fetch puts a copy of an input that can be read once only into a run's folder. False: it can be read where it is.
func (b *Book) fetch(input, to string) (bool, error) {
	b.spools.Lock()
	defer b.spools.Unlock()
	key := spoolKey(input)
	if path := b.spool[key]; path != "" {
		delete(b.spool, key)
		if err := os.Rename(path, to); err != nil {
			return false, fmt.Errorf("keeping a copy of the input: %w", err)
		}
		return true, nil
	}
	if input != "-" {
		if once, err := needsSpool(input); err != nil || !once {
			return false, err
		}
	}
	return true, b.spoolTo(input, to)
}

func (b *Book) spoolTo(input, to string) error {
	if input == "-" {
		return spool(b.cfg.Stdin, to)
	}
	f, err := os.Open(input)
	if err != nil {
		return inputError(input, err)
	}
	return errors.Join(spool(f, to), f.Close())
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

// removeFolder removes the folder of a run that never came to be.
func removeFolder(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("removing the folder of a run that did not start: %w", err)
	}
	return nil
}
