package job

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// open begins to read the input, and refuses one that must not be run, as far as it is known by then. A resume reads
// all of it first: only the keys of all rows say what the journal has of them. So do the parts of a provider's batch.
func (r *run) open() error {
	err := r.openInput()
	if err == nil {
		r.in.spec, err = specOf(r.in.file, r.in.opts)
	}
	if err != nil {
		return err
	}
	r.in.scan, r.in.pass = newScan(r.folder.dir), newPass(r.in.file, r.in.spec, r.take)
	if r.steer.resumed && !r.view {
		if err := r.openJournal(); err != nil {
			return err
		}
		r.rec.replaying = newReplaying(r.tasks.ctx)
		r.do(func() { r.rec.replaying.run(r) })
	}
	r.do(func() {
		r.in.pass.run(r.tasks.ctx)
		r.signals.dispatcher.Notify()
		r.rec.replaying.notify()
	})
	if err := r.in.pass.wait(r.tasks.ctx, r.steer.resumed || r.in.opts.Carrier == ByProvider); err != nil {
		return err
	}
	r.mu.Lock()
	if r.in.pass.ended() {
		r.readAll()
	}
	_, err = r.in.unfit()
	models := maps.Clone(r.in.scan.models)
	r.mu.Unlock()
	if err == nil {
		err = r.book.prices.refuse(r.in.opts, models)
	}
	if err != nil || r.rec.replaying == nil {
		return err
	}
	return r.rec.replaying.wait(r.tasks.ctx)
}

// openInput opens the input, and keeps a copy of one that can be read only once.
func (r *run) openInput() (err error) {
	in := &r.folder.man.Input
	// the run stopped before its copy was complete
	cut := r.steer.resumed && in.Spooled && in.SHA256 == nil && !r.view
	switch {
	case r.steer.resumed && !cut: // what it needs is there
	case cut && in.Path == "-" && !r.steer.piped:
		return input.Unusable("run %s stopped before it had read all of stdin: pipe the same input in again "+
			"(... | relaytop batch - --resume %s); rows that have an answer are not sent again", r.id, r.id)
	case r.in.opts.Sample:
		if err := os.WriteFile(r.folder.path(sampleName), sample, 0o600); err != nil {
			return fmt.Errorf("keeping the sample: %w", err)
		}
	default:
		if r.in.copy, err = r.book.spools.fetch(in.Path, r.folder.path(spoolName)); err != nil {
			return err
		}
		in.Spooled = r.in.copy != nil
	}
	path := r.folder.man.input(r.folder.dir)
	if r.in.copy != nil {
		r.in.file, err = input.OpenCopy(r.tasks.ctx, path, in.Name, r.in.opts.Paragraphs, r.in.copy)
		return err
	}
	r.in.file, err = input.Open(path, in.Name, r.in.opts.Paragraphs)
	return err
}

// take adds rows that were read. From then on they may be sent.
func (r *run) take(rows []found) {
	var unpriced error
	for i := range rows {
		if m := rows[i].model; m != "" && r.in.pass.models[m] == 0 && unpriced == nil {
			unpriced = r.book.prices.refuse(r.in.opts, map[string]int{m: 1})
		}
		r.in.pass.models[rows[i].model]++
	}
	r.mu.Lock()
	r.in.scan.unpriced = cmp.Or(r.in.scan.unpriced, unpriced)
	for i := range rows {
		r.in.scan.add(&rows[i])
		if r.rows.ix != nil {
			r.h.tally(&rows[i].row, 1)
		}
	}
	r.h.Rows, r.h.Elsewhere = r.in.scan.own(), r.in.scan.elsewhere
	if r.rows.ix != nil && r.h.State == Running {
		r.stopUnfit() // before one of these rows is sent
	}
	r.touch()
	r.mu.Unlock()
	r.signals.dispatcher.Notify()
	r.rec.replaying.notify()
	r.book.changed()
}

// readAll notes that the input was read to its end. The lock is held.
func (r *run) readAll() {
	s := r.in.scan
	s.ix.seal()
	s.named = nil
	r.rows.more, r.in.pass.seen = false, true
	r.h.Unused = s.unused
	r.touch()
}

// readOn acts on the end of an input of which rows were sent before.
func (r *run) readOn() {
	r.mu.Lock()
	r.readAll()
	r.mu.Unlock()
	if r.in.pass.err != nil {
		return // the run stops
	}
	if err := r.saveManifest(); err != nil && r.tasks.ctx.Err() == nil {
		r.pauseFor(StopDisk, err.Error())
	}
}

// stopUnfit pauses the run if its input turned out to be one that must not be run. Rows in flight finish. The lock is
// held.
func (r *run) stopUnfit() bool {
	why, err := r.in.unfit()
	if err == nil {
		why, err = StopInput, r.in.scan.unpriced
	}
	if err == nil {
		return false
	}
	message := err.Error()
	var unusable *input.Error
	if errors.As(err, &unusable) {
		message = unusable.Message
	}
	r.halt(why, fmt.Sprintf("%s (found after %s sent)", message, wasOrWere(r.steer.sent)))
	return true
}

func wasOrWere(n int) string {
	if n == 1 {
		return "1 row was"
	}
	return relay.Counted(n, "row") + " were"
}

// saveManifest writes the manifest, as far as the input is known.
func (r *run) saveManifest() error {
	r.mu.Lock()
	man, before := r.folder.man, r.folder.man.lastSeen()
	man.Input.Kind, man.Input.Size, man.Input.SHA256 = r.in.file.Kind, 0, nil
	if r.in.pass.seen {
		man.Input.Size, man.Input.SHA256 = r.in.file.Size, &r.in.pass.sum
	}
	man.Rows = r.in.scan.ix.ofInput()
	if r.in.pass.seen {
		r.h.Changed = man.see(before, &r.rows, r.book.now())
	}
	models := maps.Clone(r.in.scan.models)
	r.mu.Unlock()
	man.Prices = r.book.prices.list(models)
	return writeManifest(r.folder.path(manifestName), man)
}
