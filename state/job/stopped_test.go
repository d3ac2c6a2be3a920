package job

import (
	"context"
	"fmt"
	"testing"

	"relaytop/relay"
	"relaytop/state/job/outfile"
)

func TestCancelKeepsPartialText(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(n int, req relay.Request) *relay.Result {
		if n > 3 {
			return nil
		}
		return echo(n, req)
	})
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(20)), Concurrency: 2})
	until(t, "two wait at the engine", func() bool { f.mu.Lock(); defer f.mu.Unlock(); return len(f.hung) == 2 })
	if err := b.Cancel(id); err != nil {
		t.Fatal(err)
	}
	h := wait(t, b, id)
	for h.State == Paused {
		h = wait(t, b, id)
	}
	if h.State != Cancelled || h.OK != 3 || h.Incomplete != 0 || h.Queued != 17 || h.PaidTwice != 2 || h.ErrorsOut {
		t.Fatalf("%+v", h)
	}
	lines := outLines(t, h.Out)
	if len(lines) != 20 || outfile.Text(lines[4].Response.Body) != "partial" || lines[4].Ours.Outcome != "pending" ||
		!lines[4].Ours.Twice || lines[9].Error.Code != "not_sent" {
		t.Fatalf("%+v", lines)
	}
	codes := map[string]int{}
	for _, l := range lines {
		if l.Error != nil && l.Ours.Outcome == "pending" {
			codes[l.Error.Code]++
		}
	}
	if codes["not_sent"] != 15 || codes["cancelled"] != 2 {
		t.Errorf("in the output: %v, want 15 rows that were not sent and 2 that were stopped", codes)
	}
	rows := b.Rows(id, 4, 1)
	if rows[0].Outcome != Pending || rows[0].Text != "partial" {
		t.Errorf("a row that was stopped is shown as %+v", rows[0])
	}
	f.mu.Lock()
	f.answer = echo
	f.mu.Unlock()
	if err := b.Resume(id); err != nil { // what we cut ourselves is no answer: it is asked again
		t.Fatal(err)
	}
	h = wait(t, b, id)
	if h.State != Finished || h.OK != 20 || f.count() != 22 || h.PaidTwice != 2 {
		t.Fatalf("%d sent: %+v", f.count(), h)
	}
	twice := 0
	for _, l := range outLines(t, h.Out) {
		if l.Ours.Twice {
			twice++
		}
	}
	if twice != 2 {
		t.Errorf("%d rows are marked", twice)
	}
}

// TestRowsThatWeStopCountAsPaidTwice, however they are stopped, if a relay had them: a resume sends them again. The
// totals do not fall then.
func TestRowsThatWeStopCountAsPaidTwice(t *testing.T) {
	stop := map[string]func(t *testing.T, b *Book, f *fake, id string){
		"cancelled": func(t *testing.T, b *Book, _ *fake, id string) {
			if err := b.Cancel(id); err != nil {
				t.Fatal(err)
			}
			until(t, "it is cancelled", func() bool { h, _ := b.Header(id); return h.State == Cancelled })
		},
		"closed": func(*testing.T, *Book, *fake, string) {},
		"ended by the engine": func(_ *testing.T, b *Book, f *fake, _ string) {
			b.Quiet()
			for _, row := range f.hanging() {
				f.Cancel(row)
			}
		},
		"never heard of again": func(_ *testing.T, _ *Book, f *fake, _ string) {
			f.mu.Lock()
			defer f.mu.Unlock()
			clear(f.hung)
		},
	}
	for name, stop := range stop {
		for _, mute := range []bool{false, true} { // without any text, the relay may bill the input
			t.Run(fmt.Sprintf("%s, mute %v", name, mute), func(t *testing.T) {
				dir := t.TempDir()
				f := newFake(func(n int, req relay.Request) *relay.Result {
					if n > 3 {
						return nil
					}
					return echo(n, req)
				})
				f.mute = mute
				b := open(t, dir, f, nil)
				id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(9)), Concurrency: 2})
				until(t, "two wait at the engine", func() bool { f.mu.Lock(); defer f.mu.Unlock(); return len(f.hung) == 2 })
				stop(t, b, f, id)
				over, cancel := context.WithCancel(t.Context())
				if name == "never heard of again" {
					cancel()
				}
				err := b.Close(over)
				if cancel(); err != nil {
					t.Error(err)
				}
				again := newFake(echo)
				b = open(t, dir, again, nil)
				before, _ := b.Header(id)
				if before.OK != 3 || before.Done() != 3 {
					t.Errorf("stopped with %d done, %d ok", before.Done(), before.OK)
				}
				h := wait(t, b, start(t, b, Options{Resume: id}))
				if h.OK != 9 || again.count() != 6 || h.PaidTwice != 2 {
					t.Errorf("%d sent, %d paid twice: %+v", again.count(), h.PaidTwice, h)
				}
			})
		}
	}
}
