package job

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// runFolders is the folder of the runs on the disk: each has a folder of its own in it.
type runFolders string

// of is the folder of a run.
func (d runFolders) of(id string) string { return filepath.Join(string(d), filepath.Base(id)) }

// sweepAfter is how old a leftover is before it is removed: a younger one may belong to a program that is about to
// start its run.
const sweepAfter = 24 * time.Hour

// leftover is the name of a run's folder, or of the copy of an input for a plan.
var leftover = regexp.MustCompile(`^(\d{8}-\d{6}-[a-z]{4}|input-\d+\.spool)$`)

// sweep removes what programs left that were killed before their run had started: a folder without a manifest, or the
// copy of an input, which may be large. What can't be removed now is left for the next sweep.
func (d runFolders) sweep(now time.Time) {
	entries, err := os.ReadDir(string(d))
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !leftover.MatchString(e.Name()) || now.Sub(info.ModTime()) < sweepAfter {
			continue
		}
		if !e.IsDir() {
			_ = os.Remove(d.of(e.Name()))
			continue
		}
		if _, err := readStored(d.of(e.Name())); !errors.Is(err, ErrNoRun) {
			continue
		}
		if l, err := lockRun(filepath.Join(d.of(e.Name()), lockName)); err == nil {
			_ = errors.Join(l.Release(), os.RemoveAll(d.of(e.Name())))
		}
	}
}

// all are the runs on the disk, newest first.
func (d runFolders) all() ([]*stored, error) {
	entries, err := os.ReadDir(string(d))
	if err != nil {
		return nil, fmt.Errorf("listing the runs: %w", err)
	}
	var kept []*stored
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		if s, err := readStored(d.of(e.Name())); err == nil {
			kept = append(kept, s)
		}
	}
	slices.SortFunc(kept, func(a, c *stored) int {
		return newerFirst(a.man.Created, c.man.Created, a.man.ID, c.man.ID)
	})
	return kept, nil
}

// before returns the runs on the disk that ended before a time, or began before it and have not ended.
func (d runFolders) before(t time.Time) ([]Header, error) {
	kept, err := d.all()
	if err != nil {
		return nil, err
	}
	var out []Header
	for _, s := range kept {
		h := s.header()
		at := h.Ended
		if at.IsZero() {
			at = h.Started
		}
		if at.Before(t) {
			out = append(out, h)
		}
	}
	return out, nil
}

// newest finds the newest run of an input, or of any input if none is named; of a shard, if one is named. A damaged
// run that no longer has the path of its input counts if forget is set and the name is the same.
func (d runFolders) newest(input string, of input.Shard, forget bool) (string, error) {
	kept, err := d.all()
	if err != nil {
		return "", err
	}
	for _, s := range kept {
		m := s.man
		switch {
		case !of.Whole() && m.Options.Shard != of && s.damage == "":
		case input == "" || m.Input.Path == input:
			return m.ID, nil
		case s.damage == "" || m.Input.Path != "":
		case forget && m.Input.Name == filepath.Base(input):
			return m.ID, nil
		case m.Input.Name == "" || m.Input.Name == filepath.Base(input):
			return "", &DamagedError{ID: m.ID, What: s.damage} // it may be the one that is meant
		}
	}
	if input == "" {
		return "", fmt.Errorf("%w: none is kept", ErrNoRun)
	}
	return "", fmt.Errorf("%w: no run of %s is kept: start a new one (without --resume)", ErrNoRun, input)
}

// parts are the parts of a run as its journal on the disk has them; none if it has no provider.
func (d runFolders) parts(id string) ([]Part, error) {
	f, err := disk.Open(filepath.Join(d.of(id), journalName), os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var ps parts
	_, _, err = replay(f, 0, func(_ int64, rec *record) {
		if rec.Part != nil {
			ps.replay(rec.At, rec.Part)
		}
	})
	out := make([]Part, len(ps.list))
	for i, p := range ps.list {
		out[i] = p.Part
	}
	return out, err
}

// refuseLeaving returns why a run can't go on through the pool: a provider has rows of it.
func (d runFolders) refuseLeaving(id string) error {
	list, err := d.parts(id)
	for i := range list {
		if !list[i].Over() {
			return stillThere(list[i].Provider, id)
		}
	}
	return err
}
