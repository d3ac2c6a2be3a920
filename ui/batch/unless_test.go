package batch

import (
	"testing"

	"relaytop/state/job"
)

func TestWhyRetryFailedIsOff(t *testing.T) {
	for _, c := range []struct {
		h    job.Header
		want string
	}{
		{job.Header{}, "there is no run"},
		{job.Header{ID: "x", State: job.Paused, Failed: 1, ReadOnly: true}, "another process runs it"},
		{job.Header{ID: "x", State: job.Finishing, Failed: 1}, "its output is being written"},
		{job.Header{ID: "x", State: job.Finished}, "no row failed"},
		{job.Header{ID: "x", State: job.Finished, Incomplete: 1},
			"no row failed: answers cut by length or filtered are not sent again"},
		{job.Header{ID: "x", State: job.Finished, Failed: 1}, ""},
	} {
		if why := unlessFailed(&c.h); why != c.want {
			t.Errorf("%s, %d failed: %q, want %q", c.h.State, c.h.Failed, why, c.want)
		}
	}
}
