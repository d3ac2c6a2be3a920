package job

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"relaytop/state/disk"
)

// ownersName is the folder, beside that of the runs, with a lock and a mark for each output.
const ownersName = "outputs"

// OwnedError says that an output belongs to another run. It is an ErrExists.
type OwnedError struct{ Path, Owner string }

func (e *OwnedError) Error() string {
	return fmt.Sprintf("the output %s belongs to %s: name another output (-o)", e.Path, e.Owner)
}

func (e *OwnedError) Unwrap() error { return ErrExists }

// ownerMark says which run an output belongs to.
type ownerMark struct {
	Out string `json:"out"`
	Run string `json:"run"`
}

// outputs is the folder of those locks and marks.
type outputs string

// outputsOf is the folder for the outputs of the runs in a folder.
func outputsOf(runs string) outputs { return outputs(filepath.Join(filepath.Dir(runs), ownersName)) }

// claim makes an output that of a run, until the lock is released. One that another live run writes is refused, also
// by force; a resume is refused one that another run took over, unless by force.
func (o outputs) claim(out, run string, resumed, force bool) (*disk.Lock, error) {
	dir, err := filepath.EvalSymlinks(filepath.Dir(out))
	if err != nil {
		dir = filepath.Dir(out)
	}
	if err := disk.MakeDir(string(o)); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(filepath.Join(dir, filepath.Base(out))))
	name := filepath.Join(string(o), fmt.Sprintf("%x", sum[:8]))
	l, err := disk.TakeLock(name + ".lock")
	var locked *disk.LockedError
	if errors.As(err, &locked) {
		return nil, &OwnedError{Path: out, Owner: "a run of " + locked.Holder}
	}
	if err != nil {
		return nil, err
	}
	owner := readOwner(name + ".json")
	if owner == run {
		return l, nil
	}
	_, gone := os.Lstat(out)
	if resumed && owner != "" && !force && gone == nil {
		return nil, errors.Join(&OwnedError{Path: out, Owner: "run " + owner + " (--force overwrites it)"}, l.Release())
	}
	if err := writeJSON(name+".json", ownerMark{Out: out, Run: run}); err != nil {
		return nil, errors.Join(err, l.Release())
	}
	return l, nil
}

// closeOwner closes a run that is open here, has ended, and has the same output: it no longer writes it.
func (b *Book) closeOwner(id, out string) error {
	b.mu.RLock()
	var owner *run
	for _, r := range b.runs {
		if !r.view && r.id != id && r.folder.man.Out == out {
			owner = r
		}
	}
	b.mu.RUnlock()
	if owner == nil {
		return nil
	}
	if s := owner.header().State; s != Finished && s != Cancelled && s != Broken {
		return &OwnedError{Path: out, Owner: "run " + owner.id + ", which is " + string(s)}
	}
	return b.closeRun(owner)
}

func readOwner(path string) string {
	f, err := disk.Open(path, os.O_RDONLY)
	if err != nil {
		return ""
	}
	defer f.Close()
	var m ownerMark
	if json.NewDecoder(io.LimitReader(f, 64<<10)).Decode(&m) != nil {
		return ""
	}
	return m.Run
}
