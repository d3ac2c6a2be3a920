//go:build unix

package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// killAt is the concurrency of a run that is killed, so the most rows that one kill can have in flight.
const killAt = 20

// counting is a relay that counts how often it was asked each prompt.
type counting struct {
	mu    sync.Mutex
	asked map[string]int
	total atomic.Int64
}

func (c *counting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Messages []struct{ Content string }
	}
	if r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&req) != nil || len(req.Messages) == 0 {
		http.NotFound(w, r)
		return
	}
	prompt := req.Messages[len(req.Messages)-1].Content
	c.mu.Lock()
	c.asked[prompt]++
	c.mu.Unlock()
	c.total.Add(1)
	<-time.After(time.Duration(5+rand.IntN(40)) * time.Millisecond) // the answer takes that long
	w.Header().Set("Content-Type", "text/event-stream")
	text, _ := json.Marshal("re: " + prompt) // a string
	fmt.Fprintf(w, `data: {"id":"c","model":"m-1","choices":[{"index":0,"delta":{"content":%s},"finish_reason":"stop"}]}`+
		"\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\n"+
		"data: [DONE]\n\n", text)
}

// await returns once another prompt was asked, or over is closed.
func (c *counting) await(over <-chan struct{}) {
	before := c.total.Load()
	for tick := time.NewTicker(2 * time.Millisecond); c.total.Load() == before; {
		select {
		case <-tick.C:
		case <-over:
			return
		}
	}
}

// of is how often a prompt was asked.
func (c *counting) of(prompt string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked[prompt]
}

// killed is one run that is stopped at random moments and resumed each time.
type killed struct {
	p     program
	relay *counting
	rows  int
	kills int
	ctrlC int

	journaled map[string]int // prompts with a record, and how often they had been asked by then
}

// killFigures are what a killed run came to.
type killFigures struct {
	stops, ctrlC, lost, duplicate, again, told, counted, cut int
}

func (f *killFigures) add(g killFigures) {
	f.stops, f.ctrlC, f.lost, f.duplicate = f.stops+g.stops, f.ctrlC+g.ctrlC, f.lost+g.lost, f.duplicate+g.duplicate
	f.again, f.told, f.counted, f.cut = f.again+g.again, f.told+g.told, f.counted+g.counted, f.cut+g.cut
}

// killRun runs rows prompts, and stops the program up to kills times by SIGKILL and ctrlC times by two SIGINT.
func killRun(t testing.TB, p program, rows, kills, ctrlC int) killFigures {
	t.Helper()
	k := &killed{p: p, relay: &counting{asked: map[string]int{}}, rows: rows, kills: kills, ctrlC: ctrlC,
		journaled: map[string]int{}}
	dir := t.TempDir()
	server := httptest.NewServer(k.relay)
	defer server.Close()
	k.p.env = append(k.p.env[:len(k.p.env):len(k.p.env)], "RELAYTOP_DATA_DIR="+filepath.Join(dir, "data"),
		"OPENAI_API_KEY=sk-test-of-a-kill", "RATE_LIMIT_REQUESTS_PER_MINUTE=0", "RATE_LIMIT_TOKENS_PER_MINUTE=0",
		"OPENAI_BASE_URL="+server.URL+"/v1")
	in, out := filepath.Join(dir, "in.txt"), filepath.Join(dir, "out.jsonl")
	var text strings.Builder
	for i := range rows {
		fmt.Fprintf(&text, "prompt %d\n", i+1)
	}
	if err := os.WriteFile(in, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var f killFigures
	args := []string{"batch", in, "-o", out, "-c", fmt.Sprint(killAt), "--json"}
	for {
		stdout, stderr, over := k.once(t, args, &f)
		if over {
			f.add(k.check(t, stdout, stderr, out))
			return f
		}
		f.again += k.readJournal(t, dir)
		args = []string{"batch", in, "--resume", "last", "--json"}
		if list, _ := filepath.Glob(filepath.Join(dir, "data", "runs", "*", "manifest.json")); len(list) == 0 {
			args = []string{"batch", in, "-o", out, "-c", fmt.Sprint(killAt), "--json", "--force"}
		}
	}
}

// once runs the program, and stops it if there are stops left. over: it came to its end.
func (k *killed) once(t testing.TB, args []string, f *killFigures) (stdout, stderr string, over bool) {
	t.Helper()
	cmd, out, errs := k.p.command(t, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	var stop <-chan time.Time
	if f.stops+f.ctrlC < k.kills+k.ctrlC {
		if rand.IntN(8) > 0 { // else it may not have sent anything yet
			k.relay.await(done)
		}
		stop = time.After(time.Duration(rand.IntN(k.rows/2)) * time.Millisecond)
	}
	select {
	case <-done:
		return out.String(), errs.String(), true
	case <-stop:
	}
	f.cut += killAt
	if f.stops < k.kills && (f.ctrlC >= k.ctrlC || rand.IntN(k.kills+k.ctrlC) < k.kills) {
		f.stops++
		_ = cmd.Process.Signal(syscall.SIGKILL)
		<-done
		return "", "", false
	}
	f.ctrlC++
	_ = cmd.Process.Signal(syscall.SIGINT)
	if rand.IntN(2) == 0 { // half of them do not wait for the rows in flight
		<-time.After(10 * time.Millisecond)
		_ = cmd.Process.Signal(syscall.SIGINT)
	}
	<-done
	return out.String(), errs.String(), cmd.ProcessState.ExitCode() == 0
}

// readJournal notes the rows that have an answer in the journal, and counts those that were asked since.
func (k *killed) readJournal(t testing.TB, dir string) (again int) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "data", "runs", "*", "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.SplitSeq(raw, []byte("\n")) {
			var rec struct {
				R struct {
					N int    `json:"n"`
					S string `json:"s"`
				} `json:"r"`
			}
			if json.Unmarshal(line, &rec) != nil || rec.R.S != "ok" {
				continue // a torn end is no record
			}
			prompt := fmt.Sprintf("prompt %d", rec.R.N)
			if _, known := k.journaled[prompt]; !known {
				k.journaled[prompt] = k.relay.of(prompt)
			}
		}
	}
	return k.sentAgain()
}

// sentAgain counts the rows that were asked after they had a record.
func (k *killed) sentAgain() (n int) {
	for prompt, asked := range k.journaled {
		if now := k.relay.of(prompt); now > asked {
			k.journaled[prompt] = now
			n++
		}
	}
	return n
}

// check compares the output and the summary with what the relay counted.
func (k *killed) check(t testing.TB, stdout, stderr, out string) killFigures {
	t.Helper()
	var sum struct {
		Rows, OK int
		Twice    int `json:"paid_twice"`
	}
	if err := json.Unmarshal([]byte(stdout), &sum); err != nil || sum.OK != k.rows || sum.Rows != k.rows {
		t.Fatalf("%v in %q\n%s", err, stdout, stderr)
	}
	f := killFigures{told: sum.Twice, again: k.sentAgain()}
	for i := range k.rows {
		if k.relay.of(fmt.Sprintf("prompt %d", i+1)) > 1 {
			f.counted++
		}
	}
	file, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	seen := map[string]int{}
	for r := bufio.NewReader(file); ; {
		line, err := r.ReadBytes('\n')
		if err == io.EOF {
			break
		}
		var l struct {
			ID string `json:"custom_id"`
		}
		if err != nil || json.Unmarshal(line, &l) != nil {
			t.Fatalf("%v in a line of the output: %s", err, line)
		}
		if seen[l.ID]++; seen[l.ID] > 1 {
			f.duplicate++
		}
	}
	f.lost = k.rows - len(seen)
	return f
}

// verify reports figures that must not be.
func (f *killFigures) verify(t testing.TB) {
	t.Helper()
	t.Logf("%d kills, %d ctrl-c: %d rows lost, %d duplicate lines, %d journaled rows sent again, told %d, counted %d",
		f.stops, f.ctrlC, f.lost, f.duplicate, f.again, f.told, f.counted)
	if f.lost+f.duplicate+f.again > 0 {
		t.Errorf("%d rows lost, %d duplicate lines, %d journaled rows sent again", f.lost, f.duplicate, f.again)
	}
	if f.told < f.counted || f.told-f.counted > f.cut {
		t.Errorf("%d rows are told as possibly paid twice; the relay counted %d, with at most %d in flight at the stops",
			f.told, f.counted, f.cut)
	}
}

// TestKillsLoseNothing is the short form of BenchmarkKills.
func TestKillsLoseNothing(t *testing.T) {
	f := killRun(t, buildProgram(t), 300, 3, 2)
	f.verify(t)
}

// BenchmarkKills kills runs of 2,000 rows a hundred times and interrupts them fifty times, each followed by a resume.
func BenchmarkKills(b *testing.B) {
	p := buildProgram(b)
	for b.Loop() {
		var f killFigures
		for f.stops < 100 || f.ctrlC < 50 {
			f.add(killRun(b, p, 2000, min(8, 100-f.stops), min(4, 50-f.ctrlC)))
		}
		f.verify(b)
		b.ReportMetric(float64(f.stops), "kills")
		b.ReportMetric(float64(f.ctrlC), "ctrl-c")
		b.ReportMetric(float64(f.lost+f.duplicate+f.again), "lost+twice")
		b.ReportMetric(float64(f.told), "told")
		b.ReportMetric(float64(f.counted), "counted")
	}
}
