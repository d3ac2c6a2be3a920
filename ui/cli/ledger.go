package cli

import (
	"context"
	"errors"

	"relaytop/relay"
	"relaytop/state/archive"
	"relaytop/state/budget"
	"relaytop/state/config"
	"relaytop/state/session"
)

// errLedger means that nothing is sent because its cost could not be recorded.
var errLedger = errors.New("what it costs can't be recorded")

// ledger is the day's budget and the record of costs for requests that do not go through the engine: those of
// doctor and init. It is opened just before the first of them is sent, so that a mere check creates no folder.
type ledger struct {
	cfg    *config.Config
	demo   bool // the simulated relay answers
	report func(line string)
	kept   *archive.Archive
	day    *budget.Day
	sink   relay.Sink
	no     error // why nothing may be sent; nil: it may
}

// guard is nil if a request may be sent to a model now.
func (l *ledger) guard(model string, priced bool) error {
	if l.kept == nil && l.no == nil {
		l.no = l.open()
	}
	if l.no == nil {
		l.no = l.day.CheckPriced(model, priced)
	}
	return l.no
}

func (l *ledger) open() (err error) {
	if l.kept, err = archive.Open(l.cfg.Paths.DB(l.demo), archive.Options{Demo: l.demo}); err != nil {
		return errors.Join(errLedger, err)
	}
	if n := l.kept.Notice(); n != "" {
		l.report("relaytop: " + n)
	}
	l.kept.OnError(func(err error) {
		if err != nil {
			l.report("relaytop: " + err.Error())
		}
	})
	if l.day, err = budget.New(l.cfg.BudgetDay, l.kept, nil); err != nil {
		return errors.Join(errLedger, err)
	}
	l.sink = l.day.Watch(func(e relay.Event) {
		switch e.Kind {
		case relay.Done:
			l.kept.Record(e.Result, session.RecordContext{Demo: l.demo})
		case relay.Notice:
			l.report(e.Reason)
		}
	})
	return nil
}

// take records the end of a request.
func (l *ledger) take(e relay.Event) {
	if l.sink != nil {
		l.sink(e)
	}
}

// close writes the records.
func (l *ledger) close() {
	if l.kept == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	if err := l.kept.Close(ctx); err != nil {
		l.report("relaytop: while closing: " + err.Error())
	}
}
