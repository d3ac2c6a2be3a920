package job

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"relaytop/state/disk"
)

// maxListed bounds how many runs on the disk are listed.
const maxListed = 500

// Refresh reads the list of the runs on the disk.
func (b *Book) Refresh() error {
	kept, err := b.kept()
	if err != nil {
		return err
	}
	found := map[string]Header{}
	for _, m := range kept[:min(len(kept), maxListed)] {
		found[m.ID] = headerOf(filepath.Join(b.cfg.Dir, m.ID), m)
	}
	b.mu.Lock()
	b.disk = found
	b.mu.Unlock()
	b.changed()
	return nil
}

// kept are the manifests of the runs on the disk, newest first. A folder without one is not a run, or not yet.
func (b *Book) kept() ([]*manifest, error) {
	entries, err := os.ReadDir(b.cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("listing the runs: %w", err)
	}
	var kept []*manifest
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		if m, err := readManifest(filepath.Join(b.cfg.Dir, e.Name())); err == nil {
			m.ID = e.Name() // a renamed folder renames the run
			kept = append(kept, m)
		}
	}
	slices.SortFunc(kept, func(a, c *manifest) int { return newerFirst(a.Created, c.Created, a.ID, c.ID) })
	return kept, nil
}

// readHeader is the header of a run that is not open here.
func readHeader(dir string) (Header, error) {
	m, err := readManifest(dir)
	if err != nil {
		return Header{}, err
	}
	return headerOf(dir, m), nil
}

// headerOf is the header of a run whose manifest was read. A run that was running, and that no process holds, was
// interrupted.
func headerOf(dir string, m *manifest) Header {
	h := Header{ID: m.ID, Input: m.Input.Name, Out: m.Out, Errors: m.Errors, State: Paused, Model: m.Options.Model,
		Concurrency: m.Options.Concurrency, Rows: m.Rows, Started: m.Created}
	if f, err := disk.Open(filepath.Join(dir, headerName), os.O_RDONLY); err == nil {
		var kept Header
		if json.NewDecoder(f).Decode(&kept) == nil && kept.ID == m.ID {
			h = kept
		}
		_ = f.Close()
	}
	h.ReadOnly = disk.Locked(filepath.Join(dir, lockName))
	if !h.ReadOnly && !rests(h.State) {
		h.State = Paused
		if h.Stopped == "" { // an unfinished pause keeps its reason: it decides which rows a resume sends again
			h.Stopped, h.Reason = StopUser, "it was interrupted: resume to go on"
		}
	}
	if !h.ReadOnly {
		h.Queued += h.Underway()
		h.InFlight, h.Retrying, h.Held, h.Pending = 0, 0, 0, 0
	}
	return h
}

// newest finds the newest run of an input, or of any input if none is named.
func (b *Book) newest(input string) (string, error) {
	kept, err := b.kept()
	if err != nil {
		return "", err
	}
	for _, m := range kept {
		if input == "" || m.Input.Path == input {
			return m.ID, nil
		}
	}
	if input == "" {
		return "", fmt.Errorf("%w: none is kept", ErrNoRun)
	}
	return "", fmt.Errorf("%w: no run of %s is kept: start a new one (without --resume)", ErrNoRun, input)
}

// Remove deletes a run's folder with its journal, but not its outputs. It refuses a run that is open or locked.
func (b *Book) Remove(id string) error {
	if r := b.run(id); r != nil && !r.view {
		return fmt.Errorf("%w: this one", ErrHeld)
	}
	b.dropView(id)
	dir := filepath.Join(b.cfg.Dir, filepath.Base(id))
	if _, err := readManifest(dir); err != nil {
		return err
	}
	l, err := lockRun(filepath.Join(dir, lockName))
	if err != nil {
		return err
	}
	b.mu.Lock()
	delete(b.disk, id)
	b.mu.Unlock()
	return errors.Join(l.Release(), os.RemoveAll(dir))
}
