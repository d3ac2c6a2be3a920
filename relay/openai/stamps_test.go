package openai

import (
	"io"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
)

// TestStampsAreThoseOfTokens: the role, comments, the finish_reason, usage and [DONE] are not tokens; reasoning is.
func TestStampsAreThoseOfTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := client(t, relay.Endpoint{BaseURL: "http://127.0.0.1:1/v1"}, Options{Settle: 10 * time.Second})
		begun := time.Now()
		r := sendFrom(t, c, func() io.Reader {
			pr, pw := io.Pipe()
			go func() {
				defer pw.Close()
				for _, s := range []string{events(delta(`{"role":"assistant","content":""}`)), ": ping\n\n",
					events(delta(`{"reasoning_content":"hm"}`)),
					events(content("")), events(content("Hi")), "data: {\"choices\":[{\"index\":0,\"delta\":{\"con",
					"tent\":\" you\"}}]}\n\n",
					events(finish("stop")), events(usageChunk), events("[DONE]")} {
					<-time.After(time.Second)
					io.WriteString(pw, s)
				}
			}()
			return pr
		})
		after := func(at time.Time) time.Duration { return at.Sub(begun) }
		tm := r.Timing
		if after(tm.First) != 3*time.Second || after(tm.FirstOut) != 5*time.Second || after(tm.Last) != 6*time.Second ||
			after(tm.Done) != 10*time.Second {
			t.Errorf("first %s, first out %s, last %s, done %s", after(tm.First), after(tm.FirstOut), after(tm.Last),
				after(tm.Done))
		}
		if tm.Chunks != 3 || len(tm.Gaps) != 2 || tm.Gaps[0] != 2*time.Second || tm.Gaps[1] != time.Second ||
			r.Status != relay.StatusOK {
			t.Errorf("%s, %d chunks, gaps %v", r.Status, tm.Chunks, tm.Gaps)
		}
	})
}
