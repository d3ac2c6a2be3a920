//go:build linux

package ui

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/job"
	"relaytop/ui/uitest"
)

// answer is what every request streams, again and again, a word at a time: text, a list and code, as models write.
const answer = "Two particles that were **prepared together** share one state. A measurement of one tells what " +
	"the other will show, however far " +
	"away it is, and still no message travels: each side alone sees only noise. The correlation appears once both " +
	"lists are compared.\n\n" +
	"- the state is *joint*, not two states\n- each result alone is random\n- together they agree\n\n" +
	"```go\nfunc entangled(a, b bool) bool {\n\treturn a == b // always\n}\n```\n\n"

// scene is a real store whose relay is played by the benchmark: chats and rows of a run that wait for their tokens.
type scene struct {
	b      *testing.B
	store  *state.Store
	engine *silentEngine
	chats  []string
	sent   []strings.Builder // what each request was given, in the order of engine.asked
	words  []string
	next   int
}

// newScene asks one question in each of several new chats, and starts the built-in sample if rows are wanted.
func newScene(b *testing.B, chats int, rows bool) *scene {
	b.Helper()
	s := &scene{b: b, engine: &silentEngine{}, words: strings.SplitAfter(answer, " ")}
	s.store = state.New(state.Options{Engine: s.engine, Demo: true, Relay: "sim", Model: "gpt-4.1",
		Params: relay.DefaultParams()})
	for range chats {
		id := s.store.Library().New()
		s.chats = append(s.chats, id)
		if err := s.store.Talk().Ask(id, "Explain quantum entanglement in one paragraph."); err != nil {
			b.Fatal(err)
		}
	}
	if rows {
		s.run(20)
	}
	s.sent = make([]strings.Builder, len(s.engine.asked))
	now := time.Now()
	for _, r := range s.engine.asked {
		for _, e := range []relay.Event{{Kind: relay.Queued}, {Kind: relay.Sent, Attempt: 1, Endpoint: "sim",
			Model: "gpt-4.1"}, {Kind: relay.Answering, Status: 200}} {
			e.ID, e.Lane, e.At = r.ID, r.Lane, now
			s.store.Apply(e)
		}
	}
	return s
}

// run starts the sample with a number of rows and waits until all of them are asked.
func (s *scene) run(rows int) {
	s.b.Helper()
	book, err := job.NewBook(job.Config{Engine: s.engine, Dir: s.b.TempDir(), Model: "gpt-4.1",
		Params: relay.DefaultParams(), OnChange: s.store.Touch})
	if err != nil {
		s.b.Fatal(err)
	}
	s.store.SetRuns(book)
	if _, err := s.store.Runs().Start(job.Options{Sample: true, Concurrency: rows, Out: s.b.TempDir() +
		"/out.jsonl"}); err != nil {
		s.b.Fatal(err)
	}
	until(s.b, "every row is asked", func() bool {
		s.engine.mu.Lock()
		defer s.engine.mu.Unlock()
		return len(s.engine.asked) == len(s.chats)+rows
	})
}

// until polls for a state.
func until(b *testing.B, what string, ok func() bool) {
	b.Helper()
	tick, late := time.NewTicker(time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			b.Fatalf("in vain: %s", what)
		}
	}
}

// pieces is how long folding took, a few tokens at a time.
type pieces struct {
	work, tokens int64
	each         []float64 // ns a token
}

func (p *pieces) mean() float64 { return float64(p.work) / float64(p.tokens) }

func (p *pieces) median() float64 {
	slices.Sort(p.each)
	return p.each[len(p.each)/2]
}

// stream applies n tokens at a rate a second, to one request after the other, and notes what folding took, pauses
// not counted.
func (s *scene) stream(n, rate int, to *pieces) {
	tick := time.NewTicker(time.Second / time.Duration(min(rate, 1000)))
	defer tick.Stop()
	start := time.Now()
	for done := 0; done < n; {
		due := min(int(time.Since(start).Seconds()*float64(rate)), n)
		at, count := time.Now(), due-done
		for ; done < due; done++ {
			i := s.next % len(s.sent)
			r, word := &s.engine.asked[i], s.words[s.next/len(s.sent)%len(s.words)]
			s.store.Apply(relay.Event{Kind: relay.Text, ID: r.ID, Lane: r.Lane, At: at, Text: word})
			s.next++
		}
		if took := time.Since(at).Nanoseconds(); to != nil && count > 0 {
			to.work, to.tokens, to.each = to.work+took, to.tokens+int64(count), append(to.each, float64(took)/float64(count))
		}
		<-tick.C
	}
}

// check ends every answer and fails if any text lost a word.
func (s *scene) check() {
	s.b.Helper()
	for n := range s.next {
		s.sent[n%len(s.sent)].WriteString(s.words[n/len(s.sent)%len(s.words)])
	}
	for i, id := range s.chats {
		if m := s.store.Talk().Messages(id); m[len(m)-1].Text != s.sent[i].String() {
			s.b.Fatalf("chat %d has %d bytes, not %d", i, len(m[len(m)-1].Text), s.sent[i].Len())
		}
	}
	now := time.Now()
	for i := range s.engine.asked {
		r := &s.engine.asked[i]
		s.store.Apply(relay.Event{Kind: relay.Done, ID: r.ID, Lane: r.Lane, At: now,
			Result: &relay.Result{ID: r.ID, Lane: r.Lane, Status: relay.StatusOK,
				Asked: "gpt-4.1", Endpoint: "sim", Text: s.sent[i].String(), Wall: now,
				Usage:  &relay.Usage{Input: 10, Output: int64(s.next / len(s.sent))},
				Timing: relay.Timing{Send: now.Add(-time.Second), First: now.Add(-time.Second / 2), Last: now, Done: now}}})
	}
	if len(s.engine.asked) > len(s.chats) {
		until(s.b, "every row has its answer", func() bool {
			h := s.store.Snapshot().Run
			return h.OK == h.Rows &&
				h.State == job.Finished
		})
	}
	if err := s.store.Close(context.Background()); err != nil {
		s.b.Fatal(err)
	}
}

// terminal shows a scene on a pseudo-terminal that is read as fast as it is written.
type terminal struct {
	near   *os.File
	frames atomic.Int64
	spent  atomic.Int64 // in composing, ns
	bytes  atomic.Int64
	seek   atomic.Pointer[string] // what is waited for
	found  chan time.Time
	close  func()
}

func (s *scene) open(w, h uint16) *terminal {
	s.b.Helper()
	near, far, err := uitest.OpenPTY(w, h)
	if err != nil {
		s.b.Fatal(err)
	}
	t := &terminal{near: near, found: make(chan time.Time, 1)}
	drained, ended := make(chan struct{}), make(chan error, 1)
	go func() { defer close(drained); t.drain() }()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, err := Run(ctx, s.store, Options{Theme: "dark", Input: far, Output: far,
			Environ: []string{"TERM=xterm-256color", "COLORTERM=truecolor"},
			Frames:  func(f FrameStats) { t.frames.Store(int64(f.Composed)); t.spent.Store(int64(f.Spent)) }})
		ended <- err
	}()
	t.close = func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		// the way a person leaves: a program that is killed leaves the goroutine that reads its keys behind
		for open := true; open; {
			select {
			case err := <-ended:
				if open = false; err != nil {
					s.b.Fatal(err)
				}
			case <-tick.C:
				_, _ = near.WriteString("\x03") // it may just have ended
			}
		}
		cancel()
		far.Close()
		<-drained
		near.Close()
	}
	until(s.b, "the first frame", func() bool { return t.frames.Load() > 0 && t.bytes.Load() > 2000 })
	return t
}

// drain reads until the far end is closed.
func (t *terminal) drain() {
	buf, keep := make([]byte, 64<<10), 0
	for {
		n, err := t.near.Read(buf[keep:])
		if err != nil {
			return
		}
		t.bytes.Add(int64(n))
		if s := t.seek.Load(); s != nil && bytes.Contains(buf[:keep+n], []byte(*s)) {
			t.seek.Store(nil)
			t.found <- time.Now()
		}
		keep = copy(buf, buf[max(keep+n-8, 0):keep+n])
	}
}

// settle waits for what a closed screen leaves to end by itself: timers of messages, the clock of the regular
// expressions.
func settle(b *testing.B, before goleak.Option) {
	b.Helper()
	until(b, "every goroutine ends", func() bool { return goleak.Find(before) == nil })
}

// cpu is what this process has used: dashboard, played relay and the reader of the terminal together.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCrowd sends 50,000 tokens at 25,000 a second, with and without a screen in turn: frames a second, and
// how much longer the same events take to fold while the screen is open.
func BenchmarkCrowd(b *testing.B) {
	defer settle(b, goleak.IgnoreCurrent())
	for _, c := range []struct {
		name  string
		chats int
		rows  bool
	}{{"chats+rows", 10, true}, {"onechat", 1, false}} {
		b.Run(c.name, func(b *testing.B) {
			const n, rate = 50_000, 25_000
			var bare, shown pieces
			var frames, seconds float64
			var spent int64
			rounds := 0
			for b.Loop() {
				for k := range 2 {
					s := newScene(b, c.chats, c.rows)
					screen := (rounds+k)%2 == 1 // each is first in half of the rounds
					if !screen {
						s.stream(n, rate, &bare)
						s.check()
						continue
					}
					t := s.open(200, 50)
					start, before, spentBefore := time.Now(), t.frames.Load(), t.spent.Load()
					s.stream(n, rate, &shown)
					seconds += time.Since(start).Seconds()
					frames += float64(t.frames.Load() - before)
					spent += t.spent.Load() - spentBefore
					s.check()
					t.close()
				}
				rounds++
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(frames/seconds, "frames/s")
			b.ReportMetric(float64(spent)/frames/1e6, "ms/frame")
			b.ReportMetric(bare.mean(), "bare-ns/token")
			b.ReportMetric(100*(shown.mean()/bare.mean()-1), "%slower-mean")
			b.ReportMetric(100*(shown.median()/bare.median()-1), "%slower-median")
		})
	}
}

// BenchmarkStreaming streams ten seconds at 50 tokens a second and chat: part of one core, and bytes to the
// terminal a token.
func BenchmarkStreaming(b *testing.B) {
	defer settle(b, goleak.IgnoreCurrent())
	for _, chats := range []int{1, 10} {
		b.Run(fmt.Sprint(chats), func(b *testing.B) {
			s := newScene(b, chats, false)
			t := s.open(160, 45)
			n, rate := 500*chats, 50*chats
			s.stream(rate, rate, nil) // the first frames are not typical
			for b.Loop() {
				start, used, bytes, frames, spent := time.Now(), cpu(b), t.bytes.Load(), t.frames.Load(), t.spent.Load()
				s.stream(n, rate, nil)
				took := time.Since(start).Seconds()
				b.ReportMetric(100*(cpu(b)-used).Seconds()/took, "%core")
				b.ReportMetric(float64(t.bytes.Load()-bytes)/float64(n), "B/token")
				b.ReportMetric(float64(t.bytes.Load()-bytes)/float64(t.frames.Load()-frames), "B/frame")
				b.ReportMetric(float64(t.frames.Load()-frames)/took, "frames/s")
				b.ReportMetric(float64(t.spent.Load()-spent)/float64(t.frames.Load()-frames)/1e6, "ms/frame")
			}
			b.ReportMetric(0, "ns/op")
			s.check()
			t.close()
		})
	}
}

// BenchmarkKey is the time from a key to its letter on the terminal, while 50 answers of 100 tokens a second
// stream. Each letter is one that nobody else writes.
func BenchmarkKey(b *testing.B) {
	defer settle(b, goleak.IgnoreCurrent())
	s := newScene(b, 30, true)
	t := s.open(160, 45)
	done, streamed := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(streamed)
		for {
			select {
			case <-done:
				return
			default:
				s.stream(500, 50*100, nil)
			}
		}
	}()
	var took []time.Duration
	for b.Loop() {
		for i := range 80 {
			letter := string(rune('Ꭰ' + i))
			t.seek.Store(&letter)
			start := time.Now()
			if _, err := t.near.WriteString(letter); err != nil {
				b.Fatal(err)
			}
			select {
			case at := <-t.found:
				took = append(took, at.Sub(start))
			case <-time.After(20 * time.Second):
				b.Fatalf("%q is not on the screen", letter)
			}
			<-time.After(time.Duration(30+7*i%37) * time.Millisecond) // not in step with the frames
		}
		if _, err := t.near.WriteString("\x15"); err != nil { // the line is emptied
			b.Fatal(err)
		}
		<-time.After(200 * time.Millisecond)
	}
	close(done)
	<-streamed
	s.check()
	t.close()
	slices.Sort(took)
	for _, q := range []int{50, 99} {
		b.ReportMetric(float64(took[len(took)*q/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", q))
	}
	b.ReportMetric(0, "ns/op")
}
