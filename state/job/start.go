package job

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"relaytop/relay"
	"relaytop/state/disk"
	"relaytop/state/job/input"
	"relaytop/state/job/schema"
)

// sampleInput is the built-in sample in a manifest.
const sampleInput = "sample"

// Start begins a run, or continues one (Options.Resume), and returns its id. It returns errors that are found without
// reading the input (ErrInput, ErrExists, ErrLocked, ErrNoRun); one found by reading it breaks the run, with Stopped
// "input".
func (b *Book) Start(o Options) (string, error) {
	b.mu.RLock()
	closed := b.closed
	b.mu.RUnlock()
	if closed {
		return "", ErrClosed
	}
	if o.Concurrency < 0 || o.Concurrency > maxConcurrency {
		return "", input.Unusable("a concurrency of %d: 1 to %d", o.Concurrency, maxConcurrency)
	}
	if err := o.check(); err != nil {
		return "", err
	}
	if o.Input != "" && o.Input != "-" {
		abs, err := filepath.Abs(o.Input)
		if err != nil {
			return "", input.Unusable("%w", err)
		}
		o.Input = abs
	}
	if o.Resume != "" {
		return b.resume(o)
	}
	return b.begin(o)
}

// check refuses a template or a schema that can't be used, before the input is opened.
func (o *Options) check() error {
	if _, err := input.ParseTemplate(o.Template); err != nil {
		return err
	}
	_, err := schema.Parse(o.Schema)
	return err
}

// begin starts a new run.
func (b *Book) begin(o Options) (string, error) {
	if err := b.cfg.complete(&o); err != nil {
		return "", err
	}
	id := newID(b.now())
	dir := b.folders.of(id)
	if o.Out == "" || o.Out == FolderOut {
		o.Out = defaultOut(o, dir)
	}
	out, err := filepath.Abs(o.Out)
	if err != nil {
		return "", input.Unusable("%w", err)
	}
	o.Out = out
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", fmt.Errorf("making the run's folder: %w", err)
	}
	if err := checkOut(o); err != nil {
		return "", errors.Join(err, os.Remove(dir))
	}
	r := newRun(b, id, dir, o)
	r.folder.man = &manifest{ID: id, Version: b.cfg.Version, Created: b.now(), Counted: b.cfg.Ledger != nil,
		Input: inputOf(o), Out: o.Out, Errors: errorsName(o.Out), Options: o}
	r.h.Errors = r.folder.man.Errors
	return id, b.launch(r)
}

// inputOf names the input of a new run. Its kind and size are found when it is read.
func inputOf(o Options) inputInfo {
	switch {
	case o.Sample:
		return inputInfo{Path: sampleInput, Name: sampleName}
	case o.Input == "-":
		return inputInfo{Path: o.Input, Name: "stdin"}
	}
	return inputInfo{Path: o.Input, Name: filepath.Base(o.Input)}
}

// complete fills in the defaults, and checks the input before a folder is made.
func (c *Config) complete(o *Options) error {
	if o.Model == "" {
		o.Model = c.Model
	}
	if o.Params == nil {
		o.Params = c.Params
	}
	if o.Params == nil {
		o.Params = relay.DefaultParams()
	}
	if o.Concurrency == 0 {
		o.Concurrency = DefaultConcurrency
	}
	o.NoStream = o.NoStream || c.NoStream
	if o.Sample || o.Input == "-" {
		return nil
	}
	if o.Input == "" {
		return input.Unusable("no input: name a file, or - for stdin")
	}
	if once, err := input.IsStream(o.Input); err != nil || once {
		return err
	}
	src, err := input.Open(o.Input, filepath.Base(o.Input), o.Paragraphs)
	if err != nil {
		return err
	}
	return src.Close()
}

// lockRun takes the lock of a run. The error is ErrLocked and names the holder.
func lockRun(path string) (*disk.Lock, error) {
	l, err := disk.TakeLock(path)
	var locked *disk.LockedError
	if errors.As(err, &locked) {
		return nil, fmt.Errorf("%w: %s", ErrLocked, locked.Holder)
	}
	return l, err
}

// launch locks a run's folder and starts its goroutines.
func (b *Book) launch(r *run) error {
	l, err := lockRun(r.folder.path(lockName))
	if err != nil {
		return fmt.Errorf("run %s: %w", r.id, err)
	}
	m := r.folder.man
	var own *disk.Lock
	if err = b.closeOwner(r.id, m.Out); err == nil {
		own, err = b.outputs.claim(m.Out, r.id, r.steer.resumed, m.Options.Force)
	}
	if err != nil {
		err = errors.Join(err, l.Release())
		if !r.steer.resumed {
			err = errors.Join(err, removeFolder(r.folder.dir))
		}
		return err
	}
	r.folder.lock, r.folder.out, r.in.opts = l, own, m.Options
	b.mu.Lock()
	if b.closed || b.runs[r.id] != nil {
		b.mu.Unlock()
		return errors.Join(ErrClosed, own.Release(), l.Release())
	}
	b.runs[r.id] = r
	b.mu.Unlock()
	r.do(r.dispatch)
	b.changed()
	return nil
}
