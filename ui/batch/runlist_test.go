package batch

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/state/job"
	"relaytop/state/job/input"
	"relaytop/ui/overlay"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

// several are runs in many states.
func several() []job.Header {
	at, held, watched, finished, broken := carried(), running(), running(), over(running()), running()
	at.Input, at.Provider.Answered = "reviews-2026-q1.jsonl", 31_200
	at.Provider.Expires, at.Provider.Next = start.Add(21*time.Hour), start.Add(42*time.Second)
	held.ID, held.Input, held.HeldBy = "2", "tickets-de.jsonl", "lab-vllm is down: connection refused"
	held.Rows, held.OK, held.Failed, held.Incomplete = 1200, 412, 0, 0
	watched.ID, watched.Input, watched.ReadOnly = "3", "nightly-eval.jsonl", true
	finished.ID, finished.Input = "4", "old.csv"
	sharded, large := over(running()), running()
	sharded.ID, sharded.Shard = "6", input.Shard{I: 2, N: 3}
	large.ID, large.Input, large.Rows, large.OK, large.Cost, large.Estimated = "7", "all.jsonl", 1_000_000, 984_960,
		usd(31), true
	large.State, large.Reason = job.Paused, "paused"
	broken.ID, broken.Input, broken.State, broken.Reason = "5", "bad.csv", job.Damaged, "its journal is gone"
	return []job.Header{at, running(), held, watched, finished, broken, sharded, large}
}

func TestTheListOfRunsSaysWhyAndWho(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 34}} {
		synctest.Test(t, func(t *testing.T) {
			f := &fake{rows: table(), runs: several()}
			env := dress(t, "dark", style.Options{})
			root := &dialogs{pane: show(env, f, running(), size[0], size[1]), stack: overlay.NewStack(env)}
			d := uitest.Start(t, root, size[0], size[1])
			d.Press("r")
			uitest.Golden(t, fmt.Sprintf("runs-%dx%d", size[0], size[1]), d.View().Content)
			d.Expect("reviews-2026", "validating", "○ held", "◐ watched", "412 of 1,200")
			if size[1] > 20 {
				d.Expect("2 parts at holysheep", "expires in 21h", "next poll in 42 s", "9 in flight", "39 failed",
					"lab-vllm is down", "you can only watch", "its journal is gone")
			}
			if size[1] > 30 {
				d.Expect("replies.csv, shard 2 of 3", "985,000 of 1,000,000", "~$0.000031",
					"39 failed, 1 incomplete   deepseek-v3.2")
			}
			d.Press("down", "enter")
			if last := f.calls[len(f.calls)-1]; last != "show 2" {
				t.Errorf("%v", f.calls)
			}
		})
	}
}
