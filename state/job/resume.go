package job

import (
	"path/filepath"
	"reflect"

	"relaytop/state/job/input"
	"relaytop/state/job/schema"
)

// resume continues a run that is open, or on the disk.
func (b *Book) resume(o Options) (string, error) {
	id := o.Resume
	if id == "last" {
		of := o.Input
		if o.Sample {
			of = sampleInput
		}
		var err error
		if id, err = b.folders.newest(of, o.Shard, o.Forget); err != nil {
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
			return b.resumeOpen(r, o)
		}
		return r.reopen(o)
	}
	return b.resumeFolder(id, o)
}

// resumeOpen continues a run that is open in this process. Concurrency and budget can change while it runs.
func (b *Book) resumeOpen(r *run, o Options) error {
	id := r.id
	if o.Concurrency > 0 {
		if err := b.Resize(id, o.Concurrency); err != nil {
			return err
		}
	}
	if o.Budget > 0 {
		if err := r.checkLimit(o); err != nil {
			return err
		}
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

// mustReopen reports whether an open run has to be closed and read again to go on with o: it is finished and its
// input may have changed, or o names another model, template or output. A run that is running is not closed: then
// the error says what to do.
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
	case differs && (!r.h.State.Rests() || len(r.rows.live) > 0):
		return false, input.Unusable("run %s is %s: pause it before it goes on with another model, template or output",
			r.id, r.h.State)
	}
	return differs, nil
}

// sameWork reports whether two runs of one input send the same requests and write to the same place. Other options
// can change while a run is open.
func sameWork(a, b Options) bool {
	for _, o := range [...]*Options{&a, &b} {
		o.Schema = schema.Compact(o.Schema) // the manifest is indented
		o.Concurrency, o.Budget, o.BudgetUnknown, o.Force, o.Resume, o.RetryFailed = 0, 0, false, false, "", false
		o.Hold, o.Forget, o.RetryRow = false, false, 0
	}
	return reflect.DeepEqual(a, b)
}

// resumeFolder continues a run that is not open, from its folder.
func (b *Book) resumeFolder(id string, o Options) error {
	b.dropView(id)
	dir := b.folders.of(id)
	found, err := readStored(dir)
	if err != nil {
		return err
	}
	m, err := found.resumable(b, o)
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
	if own.Carrier == ByPool && m.Options.Carrier == ByProvider {
		if err := b.folders.refuseLeaving(id); err != nil {
			return err
		}
	}
	r := newRun(b, id, dir, own)
	r.steer.hold, r.steer.onlyHeld, r.steer.piped = o.Hold, o.Hold, o.Input == "-"
	m.Out, m.Errors, m.Options = own.Out, errorsName(own.Out), own
	r.folder.man, r.h.Errors, r.h.Started, r.steer.resumed = m, m.Errors, m.Created, true
	r.folder.before = found
	h := found.header()
	r.h.Elapsed, r.steer.stopped = h.Elapsed, h.Stopped
	return b.launch(r)
}

// resumable is the manifest that a resume goes on with. A damaged run is refused, unless o forgets.
func (s *stored) resumable(b *Book, o Options) (*manifest, error) {
	switch {
	case s.damage == "":
		return s.man, nil
	case !o.Forget:
		return nil, &DamagedError{ID: s.man.ID, What: s.damage}
	case s.man.Input.Path == "":
		return s.remake(b, o)
	}
	return s.man, nil
}

// merge returns the options of a resumed run: those it was started with, except for those that o sets.
func (m *manifest) merge(o Options) (Options, error) {
	own := m.Options
	if o.Input != "" && m.Input.Path != "" && o.Input != m.Input.Path {
		return own, input.Unusable("run %s is not of %s but of %s: leave the file out, or start a new run of it",
			m.ID, o.Input, m.Input.Path)
	}
	if !o.Shard.Whole() && o.Shard != own.Shard {
		return own, input.Unusable("run %s is not of shard %s of its input: a resumed run keeps its rows", m.ID, o.Shard)
	}
	if o.Out != "" {
		out, err := filepath.Abs(o.Out)
		if err != nil {
			return own, input.Unusable("%w", err)
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
	if o.Carrier != "" {
		own.Carrier = o.Carrier
	}
	own.BudgetUnknown = own.BudgetUnknown || o.BudgetUnknown
	own.NoStream = own.NoStream || o.NoStream
	if o.Template != "" {
		own.Template = o.Template
	}
	if o.Fallback != nil {
		own.Fallback = o.Fallback
	}
	own.Paragraphs = own.Paragraphs || o.Paragraphs
	own.StopOnBad = own.StopOnBad || o.StopOnBad
	own.AllowDuplicate = own.AllowDuplicate || o.AllowDuplicate
	own.DropRemoved = own.DropRemoved || o.DropRemoved
	own.Force, own.Resume, own.RetryFailed, own.RetryRow = o.Force, m.ID, o.RetryFailed, o.RetryRow
	return own, nil
}
