package limit

import (
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
)

// TestAllowances: the allowances state what was sent and used in the last minute, and whether something is held back.
// TestWhatAChatMayUse agrees with what Reserve lets a chat send.
func TestWhatAChatMayUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New([]relay.Endpoint{{Name: "a", RPM: 40, TPM: 10_000}, {Name: "b", RPM: 2, AssumedRPM: true}}, 8, nil)
		for sent := 0; ; sent++ {
			left := l.Allowances()[0].ChatRequests
			h := l.Reserve("a", "m", relay.LaneChat, 10)
			if waits := h.Delay > 0; waits != (left < 1) {
				t.Fatalf("after %d requests %d are left, and the next one waits: %v", sent, left, waits)
			}
			if h.Delay > 0 {
				h.Cancel()
				break
			}
			h.Settle(&relay.Usage{Input: 10, Output: 5})
		}
		<-time.After(2 * time.Minute)
		for _, ask := range []int64{3000, 6000} {
			left := l.Allowances()[0].ChatTokens
			h := l.Reserve("a", "big", relay.LaneChat, ask-relay.AssumedAnswer)
			if waits := h.Delay > 0; waits != (left < ask) {
				t.Errorf("%d of %d tokens: it waits: %v", ask, left, waits)
			}
			h.Settle(&relay.Usage{Input: 9000, Output: 0})
		}
		l.Reserve("b", "m", relay.LaneChat, 1).Settle(nil)
		l.Reserve("b", "m", relay.LaneChat, 1).Settle(nil)
		if left := l.Allowances()[1].ChatRequests; left != -1 {
			t.Errorf("a limit that nobody set leaves %d", left)
		}
	})
}

func TestAllowances(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New([]relay.Endpoint{{Name: "a", RPM: 500, TPM: 100_000}, {Name: "b", Concurrency: 3}}, 8, nil)
		h := l.Reserve("a", "m", relay.LaneBatch, 10)
		if err := l.Enter(t.Context(), "a", relay.LaneBatch, nil, func(relay.WaitCause) {}); err != nil {
			t.Fatal(err)
		}
		if a := l.Allowances()[0]; a.InFlight != 1 || a.Requests != 0 || a.Acts(time.Now()) {
			t.Errorf("in flight: %+v", a)
		}
		h.Settle(&relay.Usage{Input: 10, Output: 5})
		l.Leave("a", relay.LaneBatch, relay.ClassRateLimit)
		l.Observe("a", relay.Limits{Requests: 0, Tokens: -1, RequestsReset: 20 * time.Second})
		l.Reserve("a", "m", relay.LaneBatch, 10).Cancel()
		want := relay.Allowance{
			Endpoint:    "a",
			AtOnce:      1,
			Most:        8,
			Requests:    1,
			RequestsMax: 500,
			Tokens:      15,
			TokensMax:   100_000,
			Held:        time.Now().Add(20 * time.Second),

			ChatRequests: -1, // what is missing is the relay's
			ChatTokens:   99_985,
		}
		all := l.Allowances()
		if all[0] != want || !all[0].Acts(time.Now()) || all[1] != (relay.Allowance{Endpoint: "b", AtOnce: 3, Most: 3,
			ChatRequests: -1, ChatTokens: -1}) {
			t.Errorf("%+v", all)
		}
		<-time.After(time.Minute)
		if a := l.Allowances()[0]; a.Requests != 0 || a.Tokens != 0 || !a.Held.IsZero() {
			t.Errorf("a minute later: %+v", a)
		}
	})
}
