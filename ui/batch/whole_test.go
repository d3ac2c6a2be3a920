package batch

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/state/job/input"
	"relaytop/ui/overlay"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

const postmortem = `# Summary

The relay refused **9 %** of all requests for eleven minutes.

## Timeline

| time | what happened | who noticed | failed |
| --- | --- | --- | --: |
| 14:02 | deploy of ` + "`r4182`" + `, a new limit of 64 connections | – | 0 % |
| 14:04 | the limit is reached: 503 without retry-after | alert | 9 % |
| 14:06 | clients retry at once, load grows by half | Ana, on call | 14 % |
| 14:13 | rollback to ` + "`r4181`" + ` | Ana, Minh | 0 % |

## Why it went on for eleven minutes

The relay said **no** without saying **how long**. Every client came back within a second, so the queue was never
shorter than the limit, and the retries took the room that first attempts needed.

* the deploy changed ` + "`max_conns`" + ` from 512 to 64: a typo, not a decision
* the alert waits for two minutes

## What we change

1. a refusal names its wait
2. the limit is tested before a deploy
3. clients wait longer each time

That is all.
`

// answeredRow is a row that was answered at the second attempt.
func answeredRow(n int) job.Whole {
	r := done(job.Row{N: n, ID: fmt.Sprintf("pm-%04d", n), Model: "deepseek-v3.2"}, 288, 612, postmortem)
	r.Attempt, r.Request = 2, 118
	r.Cost = relay.Cost{Amount: usd(763), Source: relay.SourceRelay, List: usd(1017), ListKnown: true}
	sent := start.Add(-14 * time.Second)
	return job.Whole{Row: r, Answer: postmortem, HTTP: 200, Finish: "stop", Endpoint: "holysheep", Tries: 1, Sent: 2,
		Prompt: []input.Message{{Role: "system", Text: "You write blameless post-mortems. Use Markdown."},
			{Role: "user", Text: "Incident 2026-02-27: relay eu-2 refused 9 % of all requests.\n" +
				strings.Repeat("a line of the log\n", 37) + "the end of the prompt"}},
		Usage: &relay.Usage{Input: 1204, Cached: 896, Output: 612, Total: 1816}, Took: 13_870 * time.Millisecond,
		Attempts: []relay.Attempt{
			{N: 1, Endpoint: "holysheep", Status: 503, Class: relay.ClassOverloaded, Wait: 520 * time.Millisecond,
				WaitReason: "backoff", Timing: relay.Timing{Send: sent, Last: sent.Add(310 * time.Millisecond)}},
			{N: 2, Endpoint: "holysheep", Status: 200, Timing: relay.Timing{Send: sent.Add(time.Second),
				First: sent.Add(1288 * time.Millisecond), Last: sent.Add(14 * time.Second)}}},
		At: start}
}

// failedRow is a row that was refused with a long message.
func failedRow(n int) job.Whole {
	w := answeredRow(n)
	w.Outcome, w.Class, w.Cost = job.RowFailed, relay.ClassContentFilter, relay.Cost{}
	w.Answer, w.Text, w.Finish = "", "", ""
	w.Error, w.HTTP, w.Out, w.TTFT = "the provider refused\x1b[2J this answer: "+strings.Repeat("policy 7 ", 40), 400, 0, 0
	w.Attempts = w.Attempts[:1]
	return w
}

// inFull is a pane of w x h cells with a row shown in full over it.
func inFull(t *testing.T, whole func(int) job.Whole, w, h int, do func(*uitest.Driver, *dialogs, *fake)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f := &fake{rows: table(), focus: 117, whole: whole}
		env := dress(t, "dark", style.Options{})
		h0 := over(running())
		h0.Rows = 400
		root := &dialogs{pane: show(env, f, h0, w, h), stack: overlay.NewStack(env)}
		d := uitest.Start(t, root, w, h)
		d.Press("enter")
		do(d, root, f)
	})
}

func TestTheWholeRowsScreens(t *testing.T) {
	for _, size := range [][2]int{{80, 22}, {120, 34}, {160, 43}} {
		for name, whole := range map[string]func(int) job.Whole{"ok": answeredRow, "failed": failedRow} {
			inFull(t, whole, size[0], size[1], func(d *uitest.Driver, _ *dialogs, _ *fake) {
				d.Press("down", "down", "down", "down", "down", "down")
				uitest.Golden(t, fmt.Sprintf("whole-%s-%dx%d", name, size[0], size[1]), d.View().Content)
			})
		}
	}
}

func TestAWholeRowIsReadScrolledAndCopied(t *testing.T) {
	inFull(t, answeredRow, 120, 34, func(d *uitest.Driver, root *dialogs, _ *fake) {
		d.Expect("row 118", "pm-0118 of replies.csv", "118 of 400", "deepseek-v3.2 on holysheep, finish_reason stop",
			"felt 13.87 s", "2 messages", "1,204 tok, 896 cached", "38 more lines", "answer", "2, of them 1 failed",
			"waited 520 ms: backoff", "saved against list", "replies.out.jsonl, line 118")
		d.Refuse("# Summary", "clients wait longer")
		d.Press("v")
		d.Expect("# Summary", "| time | what happened")
		d.Press("v", "end")
		d.Expect("That is all.", "lines above")
		d.Press("home")
		d.Refuse("lines above", "That is all.")
		d.Press("p")
		d.Expect("Incident 2026-02-27", "a line of the log")
		d.Press("p", "y")
		for _, part := range []string{"That is all.", "the end of the prompt", "pm-0118", "503", "## Timeline", "$0.000763"} {
			if !strings.Contains(root.copied, part) {
				t.Errorf("%q is not copied", part)
			}
		}
		d.Press("n", "n", "N")
		d.Expect("row 119", "pm-0119")
		d.Press("esc")
		d.Refuse("row 119")
	})
}

func TestAFailedRowSaysWhyAndWhatToDo(t *testing.T) {
	inFull(t, failedRow, 120, 34, func(d *uitest.Driver, root *dialogs, _ *fake) {
		d.Expect("content_filter", "HTTP 400", "the provider refused␛[2J this answer",
			relay.ClassContentFilter.Advice()[:40],
			"there is no text in its answer")
		d.Press("y")
		if !strings.Contains(root.copied, "content_filter: the provider refused") {
			t.Errorf("copied:\n%s", root.copied)
		}
	})
}

func TestARowInFlightIsReadAgainUntilItEnds(t *testing.T) {
	reads, finished := 0, false
	live := func(n int) job.Whole {
		reads++
		w := answeredRow(n)
		if !finished {
			w.Outcome, w.Answer = job.RowStreaming, fmt.Sprintf("so far %d", reads)
		}
		return w
	}
	inFull(t, live, 120, 34, func(d *uitest.Driver, _ *dialogs, _ *fake) {
		<-time.After(3 * rereadLive)
		d.Idle()
		<-time.After(rereadLive)
		d.Idle()
		d.Expect(fmt.Sprintf("so far %d", reads), "not settled yet")
		d.Refuse("unknown")
		if reads < 2 {
			t.Errorf("%d readings", reads)
		}
		finished = true
		<-time.After(rereadLive)
		d.Idle()
		before := reads
		<-time.After(10 * rereadLive)
		d.Idle()
		if d.Expect("Timeline"); reads != before {
			t.Error("a row that ended is read again")
		}
	})
}

func TestTheWholeRowFitsEverywhere(t *testing.T) {
	env := dress(t, "dark", style.Options{})
	for _, whole := range []job.Whole{answeredRow(118), failedRow(118), {}} {
		m := show(env, &fake{}, over(running()), 80, 20)
		d := &wholeRow{env: env, kit: m.kit, run: m.run, n: 118, row: whole, read: true}
		for w := 40; w <= 240; w += 25 {
			for h := 13; h <= 60; h += 5 {
				box := d.View(w, h)
				if lines := strings.Split(box.Body, "\n"); box.W != w || box.H != h || len(lines) > h-2 {
					t.Errorf("%d lines in %dx%d on a screen of %dx%d", len(lines), box.W, box.H, w, h)
				} else {
					for _, l := range lines {
						if got := ansi.StringWidth(l); got != w-4 {
							t.Fatalf("at %dx%d a line is %d wide: %q", w, h, got, ansi.Strip(l))
						}
					}
				}
			}
		}
	}
}
