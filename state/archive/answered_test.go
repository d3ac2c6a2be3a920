package archive

import (
	"path/filepath"
	"testing"

	"relaytop/relay"
	"relaytop/state/session"
)

// TestAnsweredIsOK counts each way to end as relay.Status does.
func TestAnsweredIsOK(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	var ok, failed int64
	for _, s := range []relay.Status{relay.StatusOK, relay.StatusLength, relay.StatusFiltered, relay.StatusIncomplete,
		relay.StatusTruncated, relay.StatusEmpty, relay.StatusFailed} {
		a.Record(result(s, 1), session.RecordContext{})
		if s.Answered() {
			ok++
		} else {
			failed++
		}
	}
	flush(t, a)
	r, err := a.Usage(Query{})
	if err != nil || r.OK != ok || r.Failed != failed {
		t.Errorf("%d ok, %d failed, %v; want %d and %d", r.OK, r.Failed, err, ok, failed)
	}
}
