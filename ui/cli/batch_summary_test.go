package cli

import (
	"strings"
	"testing"

	"relaytop/relay"
	"relaytop/state/job"
)

// TestTheResultOfARun: what a person reads of it, and the source of the cost that a script reads.
func TestTheResultOfARun(t *testing.T) {
	const errorsOut, resume, unknown = "in.errors.jsonl", "--resume 0701", relay.SourceUnknown
	for name, c := range map[string]struct {
		run      job.Header
		source   relay.Source
		has, not []string
	}{
		"all ok": {job.Header{State: job.Finished, Rows: 3, OK: 3, Cost: relay.USD, Source: relay.SourceRelay},
			relay.SourceRelay, []string{"cost $1.00 relay\n"}, []string{errorsOut, resume, "unknown"}},
		"a row failed": {job.Header{State: job.Finished, Rows: 1, Failed: 1, ErrorsOut: true}, "",
			[]string{errorsOut}, nil},
		"a row is cut": {job.Header{State: job.Finished, Rows: 1, Incomplete: 1}, "", nil, []string{errorsOut}},
		"paused": {job.Header{State: job.Paused, Rows: 3, OK: 1, Partial: true}, "",
			[]string{"2 not run", resume, "in.out.jsonl (partial"}, nil},
		"run by another process": {job.Header{State: job.Running, ReadOnly: true, Rows: 3, OK: 1}, "",
			[]string{"2 not run"}, []string{resume}},
		"damaged": {job.Header{State: job.Damaged, Rows: 3, OK: 1, Reason: "its journal is gone"}, "",
			[]string{"its journal is gone"}, []string{resume}},
		"with records that can't be read": {job.Header{State: job.Finished, Rows: 3, OK: 3, Damaged: 2}, "",
			[]string{"2 records of the journal can't be read: their rows were sent again"}, nil},
		"with a record that can't be read": {job.Header{State: job.Finished, Rows: 3, OK: 3, Damaged: 1}, "",
			[]string{"1 record of the journal can't be read: its row was sent again"}, nil},
		"broken by the disk": {job.Header{State: job.Broken, Stopped: job.StopDisk, Rows: 3}, "", []string{resume}, nil},
		"stopped while it was read": {job.Header{State: job.Broken, Stopped: job.StopUser}, "",
			[]string{"cost nothing"}, []string{resume}},
		"one of unknown cost": {job.Header{State: job.Finished, Rows: 3, OK: 2, Incomplete: 1, Unknown: 1,
			Cost: relay.USD, Source: relay.SourceList}, relay.SourceList, []string{"cost $1.00 list, and 1 row"}, nil},
		"all of unknown cost": {job.Header{State: job.Finished, Rows: 3, OK: 2, Incomplete: 1, Unknown: 3}, unknown,
			[]string{"cost unknown\n"}, []string{"$"}},
		"no row was answered": {job.Header{State: job.Paused, Rows: 3, Failed: 2}, "",
			[]string{"cost nothing: no row was answered\n"}, []string{"$", "unknown"}},
		"a budget": {job.Header{State: job.Paused, Rows: 3, OK: 1, Cost: relay.USD, Source: relay.SourceRelay,
			Budget: 2 * relay.USD}, relay.SourceRelay, []string{"cost $1.00 relay; the budget is $2.00"}, nil},
	} {
		c.run.ID, c.run.Out, c.run.Errors = "0701", "in.out.jsonl", errorsOut
		var b strings.Builder
		printRun(&output{w: &b}, &c.run, "")
		got := b.String()
		for _, s := range append(c.has, "in.out.jsonl") {
			if !strings.Contains(got, s) {
				t.Errorf("%s: no %q in\n%s", name, s, got)
			}
		}
		for _, s := range c.not {
			if strings.Contains(got, s) {
				t.Errorf("%s: %q in\n%s", name, s, got)
			}
		}
		o := batchOf(&c.run)
		if c.source != "" && o.Cost.Source != c.source || (o.Cost.USD == nil) != (c.source == unknown) {
			t.Errorf("%s: the source is %q, want %q, of %v", name, o.Cost.Source, c.source, o.Cost.USD)
		}
	}
}

// TestLostRecordsMakeAnUpperBound: what a power cut took away is counted at its most, and the summary says so.
func TestLostRecordsMakeAnUpperBound(t *testing.T) {
	h := job.Header{ID: "r", State: job.Paused, Rows: 9, PaidTwice: 3, Lost: 2}
	var b strings.Builder
	printRun(&output{w: &b}, &h, "")
	if !strings.Contains(b.String(), "an upper bound: records of up to 2 rows are lost") {
		t.Error(b.String())
	}
	if o := batchOf(&h); o.PaidTwice != 3 || o.LostRecords != 2 {
		t.Errorf("%+v", o)
	}
	b.Reset()
	h.Lost = 0
	if printRun(&output{w: &b}, &h, ""); strings.Contains(b.String(), "upper bound") {
		t.Error(b.String())
	}
}

// TestWhatChangedInTheInput: only what did, and that nothing did.
func TestWhatChangedInTheInput(t *testing.T) {
	const since, compared = "the input has changed since this run last read it: ",
		" (of rows that were not sent, only the number is compared); 2 rows to be sent"
	for _, c := range []struct {
		change job.Change
		want   string
	}{
		{job.Change{}, "as many rows as before, and every row that was sent is as it was; 2 rows to be sent"},
		{job.Change{Came: 1}, "1 row added" + compared},
		{job.Change{Went: 2, Changed: 1}, "2 rows removed, 1 row changed" + compared},
	} {
		h := job.Header{Rows: 3, OK: 1, Changed: &c.change}
		if got := found(&h); len(got) != 1 || got[0] != since+c.want {
			t.Errorf("%+v: %q", c.change, got)
		}
	}
	if got := found(&job.Header{}); len(got) != 0 {
		t.Errorf("of an input that did not change: %q", got)
	}
}
