package job

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"relaytop/relay"
	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// sampleInput stands in the manifest for the built-in sample.
const sampleInput = "sample"

// Start begins a run, or goes on with one (Options.Resume), and returns its id. An error here is found
// without reading the file (ErrInput, ErrExists, ErrHeld, ErrNoRun); one found by reading it breaks the run, with
// Stopped "input".
func (b *Book) Start(o Options) (string, error) {
	b.mu.RLock()
	closed := b.closed
	b.mu.RUnlock()
	if closed {
		return "", ErrClosed
	}
	if o.Concurrency < 0 || o.Concurrency > maxConcurrency {
		return "", fmt.Errorf("%w: a concurrency of %d: 1 to %d", ErrInput, o.Concurrency, maxConcurrency)
	}
	if _, err := input.ParseTemplate(o.Template); err != nil {
		return "", err
	}
	if o.Input != "" && o.Input != "-" {
		abs, err := filepath.Abs(o.Input)
		if err != nil {
			return "", fmt.Errorf("%w: %w", ErrInput, err)
		}
		o.Input = abs
	}
	if o.Resume != "" {
		return b.resume(o)
	}
	return b.begin(o)
}

// begin starts a new run.
func (b *Book) begin(o Options) (string, error) {
	if err := b.complete(&o); err != nil {
		return "", err
	}
	id := newID(b.now())
	dir := filepath.Join(b.cfg.Dir, id)
	if o.Out == "" {
		o.Out = defaultOut(o, dir)
	}
	out, err := filepath.Abs(o.Out)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrInput, err)
	}
	o.Out = out
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", fmt.Errorf("making the run's folder: %w", err)
	}
	if err := checkOut(o); err != nil {
		return "", errors.Join(err, os.Remove(dir))
	}
	r := newRun(b, id, dir, o)
	r.folder.man = &manifest{ID: id, Version: b.cfg.Version, Created: b.now(), Input: inputOf(o), Out: o.Out,
		Errors: errorsName(o.Out), Options: o}
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
func (b *Book) complete(o *Options) error {
	if o.Model == "" {
		o.Model = b.cfg.Model
	}
	if o.Params == nil {
		o.Params = b.cfg.Params
	}
	if o.Params == nil {
		o.Params = relay.DefaultParams()
	}
	if o.Concurrency == 0 {
		o.Concurrency = DefaultConcurrency
	}
	if o.Sample || o.Input == "-" {
		return nil
	}
	if o.Input == "" {
		return fmt.Errorf("%w: no input: name a file, or - for stdin", ErrInput)
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

// defaultOut is beside the input, or in the run's folder if the input is not a file that stays.
func defaultOut(o Options, dir string) string {
	if o.Sample || o.Input == "-" || strings.HasPrefix(o.Input, "/dev/") || strings.HasPrefix(o.Input, "/proc/") {
		return filepath.Join(dir, "out.jsonl")
	}
	base := o.Input
	if strings.EqualFold(filepath.Ext(base), ".gz") {
		base = base[:len(base)-len(".gz")]
	}
	return strings.TrimSuffix(base, filepath.Ext(base)) + ".out.jsonl"
}

func errorsName(out string) string {
	return strings.TrimSuffix(out, filepath.Ext(out)) + ".errors.jsonl"
}

func checkOut(o Options) error {
	if o.Out == o.Input {
		return fmt.Errorf("%w: the output would replace the input: name another output (-o)", ErrInput)
	}
	for _, path := range [...]string{o.Out, errorsName(o.Out)} {
		st, err := os.Lstat(path)
		if err == nil && st.IsDir() {
			return fmt.Errorf("%w: %s is a folder: name a file", ErrInput, path)
		}
		if err == nil && !o.Force {
			return fmt.Errorf("%w: %s: resume the newest run of this file (--resume last), overwrite it (--force), or name "+
				"another output (-o)", ErrExists, path)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return unwritable(path, err)
		}
	}
	if err := disk.Writable(filepath.Dir(o.Out)); err != nil {
		return unwritable(o.Out, err)
	}
	return nil
}

// unwritable says why an output can't be written, and what to do.
func unwritable(path string, err error) error {
	return fmt.Errorf("%w: the output %s can't be written (%w): name another place for it (-o)", ErrInput, path,
		disk.Cause(err))
}

// resume goes on with a run: of this process, or from its folder.
func (b *Book) resume(o Options) (string, error) {
	id := o.Resume
	if id == "last" {
		of := o.Input
		if o.Sample {
			of = sampleInput
		}
		var err error
		if id, err = b.newest(of); err != nil {
			return "", err
		}
	}
	if err := b.resumeRun(id, o); err != nil {
		return "", err
	}
	return id, nil
}

func (b *Book) resumeRun(id string, o Options) error {
	if r := b.run(id); r != nil && !r.view {
		reopen, err := r.mustReopen(o)
		if err != nil {
			return err
		}
		if !reopen {
			return b.resumeOpen(id, o)
		}
		if err := b.closeRun(r); err != nil {
			return err
		}
	}
	return b.resumeFolder(id, o)
}

// resumeOpen goes on with a run that is open in this process. Concurrency and budget change while it runs.
func (b *Book) resumeOpen(id string, o Options) error {
	if o.Concurrency > 0 {
		if err := b.Resize(id, o.Concurrency); err != nil {
			return err
		}
	}
	if o.Budget > 0 {
		if err := b.SetBudget(id, o.Budget); err != nil {
			return err
		}
	}
	if o.RetryFailed {
		if err := b.RetryFailed(id); err != nil {
			return err
		}
	}
	return b.Resume(id)
}

// mustReopen reports whether an open run has to be closed and read again to go on as o says: it is over and its input
// may have changed, or o names another model, template or output. A run that is at work is not closed: then the error
// says what to do.
func (r *run) mustReopen(o Options) (bool, error) {
	own, err := r.folder.man.merge(o)
	if err != nil {
		return false, err
	}
	if own.Out != r.folder.man.Out {
		if err := checkOut(own); err != nil { // before the run is closed
			return false, err
		}
	}
	differs := !sameWork(own, r.folder.man.Options)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.h.State == Broken, r.h.State == Finished && (differs || !o.RetryFailed):
		return true, nil
	case differs && (!rests(r.h.State) || len(r.rows.live) > 0):
		return false, fmt.Errorf("%w: run %s is %s: pause it before it goes on with another model, template or output",
			ErrInput, r.id, r.h.State)
	}
	return differs, nil
}

// sameWork reports whether two runs of one input ask the same and write to the same place. The rest can change
// while a run is open.
func sameWork(a, b Options) bool {
	for _, o := range [...]*Options{&a, &b} {
		o.Concurrency, o.Budget, o.Force, o.Resume, o.RetryFailed = 0, 0, false, "", false
	}
	return reflect.DeepEqual(a, b)
}

// resumeFolder goes on with a run that is not open, from its folder.
func (b *Book) resumeFolder(id string, o Options) error {
	b.dropView(id)
	dir := filepath.Join(b.cfg.Dir, filepath.Base(id))
	m, err := readManifest(dir)
	if err != nil {
		return err
	}
	own, err := m.merge(o)
	if err != nil {
		return err
	}
	if own.Out != m.Out {
		if err := checkOut(own); err != nil {
			return err
		}
	}
	r := newRun(b, id, dir, own)
	m.Out, m.Errors, m.Options = own.Out, errorsName(own.Out), own
	r.folder.man, r.h.Errors, r.h.Started, r.steer.resumed = m, m.Errors, m.Created, true
	if h, err := readHeader(dir); err == nil {
		r.h.Elapsed, r.steer.refused = h.Elapsed, relay.Class(h.Stopped)
	}
	return b.launch(r)
}

// merge returns the options of a resumed run: those it was started with, except for what o names.
func (m *manifest) merge(o Options) (Options, error) {
	own := m.Options
	if o.Input != "" && m.Input.Path != "" && o.Input != m.Input.Path {
		return own, fmt.Errorf("%w: run %s is not of %s but of %s: leave the file out, or start a new run of it", ErrInput,
			m.ID, o.Input,
			m.Input.Path)
	}
	if o.Out != "" {
		out, err := filepath.Abs(o.Out)
		if err != nil {
			return own, fmt.Errorf("%w: %w", ErrInput, err)
		}
		own.Out = out
	}
	if o.Model != "" {
		own.Model = o.Model
	}
	if o.Params != nil {
		own.Params = o.Params
	}
	if o.Concurrency > 0 {
		own.Concurrency = o.Concurrency
	}
	if o.Budget > 0 {
		own.Budget = o.Budget
	}
	if o.Template != "" {
		own.Template = o.Template
	}
	if o.Fallback != nil {
		own.Fallback = o.Fallback
	}
	own.Paragraphs = own.Paragraphs || o.Paragraphs
	own.StopOnBad = own.StopOnBad || o.StopOnBad
	own.AllowDuplicate = own.AllowDuplicate || o.AllowDuplicate
	own.Force, own.Resume, own.RetryFailed = o.Force, m.ID, o.RetryFailed
	return own, nil
}

// lockRun takes the lock of a run, or says with ErrHeld who has it.
func lockRun(path string) (*disk.Lock, error) {
	l, err := disk.TakeLock(path)
	var locked *disk.LockedError
	if errors.As(err, &locked) {
		return nil, fmt.Errorf("%w: %s", ErrHeld, locked.Holder)
	}
	return l, err
}

// launch locks a run's folder and lets it run.
func (b *Book) launch(r *run) error {
	l, err := lockRun(r.folder.path(lockName))
	if err != nil {
		return fmt.Errorf("run %s: %w", r.id, err)
	}
	r.folder.lock, r.in.opts = l, r.folder.man.Options
	b.mu.Lock()
	if b.closed || b.runs[r.id] != nil {
		b.mu.Unlock()
		return errors.Join(ErrClosed, l.Release())
	}
	b.runs[r.id] = r
	b.mu.Unlock()
	r.do(r.dispatch)
	b.changed()
	return nil
}
