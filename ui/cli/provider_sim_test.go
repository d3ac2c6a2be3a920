package cli_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/relay/engine"
	"relaytop/relay/sim"
	"relaytop/state/job"
)

// gate stands between the program and the simulated relay. It holds one request of a kind, before or after the relay
// has acted on it, and lets all others pass.
type gate struct {
	*httptest.Server
	mu      sync.Mutex
	kind    string // a method and the end of a path
	nth     int
	after   bool
	reached chan struct{}
	quit    chan struct{} // closed with the gate
}

// openGate starts a gate in front of a relay.
func openGate(t *testing.T, to string) *gate {
	t.Helper()
	g := &gate{reached: make(chan struct{}), quit: make(chan struct{})}
	client := &http.Client{}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hold := g.holds(r)
		if hold && !g.after {
			close(g.reached)
			<-g.quit
			return
		}
		req, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), r.Method,
			strings.TrimSuffix(to, "/v1")+r.URL.RequestURI(), r.Body)
		if err != nil {
			panic(err)
		}
		req.Header, req.ContentLength = r.Header, r.ContentLength
		resp, err := client.Do(req)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer resp.Body.Close()
		if hold {
			_, _ = io.Copy(io.Discard, resp.Body)
			close(g.reached)
			<-g.quit
			return
		}
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}))
	t.Cleanup(func() {
		close(g.quit)
		g.CloseClientConnections()
		g.Close()
		client.CloseIdleConnections()
	})
	return g
}

func (g *gate) holds(r *http.Request) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	kind, path, _ := strings.Cut(g.kind, " ")
	if g.kind == "" || r.Method != kind || !strings.Contains(r.URL.Path, path) {
		return false
	}
	g.nth--
	return g.nth == 0
}

// carry opens the runs in a folder, with the batch endpoint of one relay.
func carry(t testing.TB, dir, url string, limits job.PartLimits) *job.Book {
	t.Helper()
	e, err := engine.New(engine.Options{Workers: 4,
		Endpoints: []relay.Endpoint{{Name: "sim", Kind: "sim", BaseURL: url}}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := job.NewBook(job.Config{Dir: dir, Model: "deepseek-v3.2", Parts: limits, Price: e.Forecast()})
	if err != nil {
		t.Fatal(err)
	}
	var list []job.Provider
	for _, p := range e.Providers(nil) {
		list = append(list, p)
	}
	b.SetProviders(list, nil)
	t.Cleanup(func() {
		if err := b.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return b
}

// inParts are limits for a test: small parts, and no waiting.
func inParts(rows int) job.PartLimits {
	return job.PartLimits{Rows: rows, PollMin: time.Millisecond, PollMax: 5 * time.Millisecond,
		FindFor: 50 * time.Millisecond}
}

// playing starts a relay that moves a batch on with each poll.
func playing(t testing.TB, odd sim.BatchOddities) *sim.Server {
	t.Helper()
	s, err := sim.Start(context.Background(), sim.Instant())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	odd.Pace = -1
	s.PlayBatches(odd)
	return s
}

// questions writes n prompts into a file.
func questions(t testing.TB, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.txt")
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Question %d\n", i+1)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// rest waits until a run ends or pauses.
func rest(t testing.TB, b *job.Book, id string) job.Header {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
	defer stop()
	h, err := b.Wait(ctx, id)
	if err != nil {
		t.Fatalf("%v: %s, %+v", err, h.State, h.Provider)
	}
	return h
}

// onceEach checks that no part has two batches, and that no row is in two of them.
func onceEach(t testing.TB, s *sim.Server, rows int) {
	t.Helper()
	parts, ids := map[string]int{}, map[string]int{}
	for _, b := range s.Batches() {
		parts[b.Metadata["run_id"]+" "+b.Metadata["part"]]++
		for _, id := range b.IDs {
			ids[id]++
		}
	}
	for part, n := range parts {
		if n != 1 {
			t.Errorf("part %s has %d batches", part, n)
		}
	}
	if len(ids) != rows {
		t.Errorf("%d different rows were sent, not %d", len(ids), rows)
	}
	for id, n := range ids {
		if n != 1 {
			t.Fatalf("row %s was sent %d times", id, n)
		}
	}
}

func TestAProvidersOddities(t *testing.T) {
	tests := []struct {
		name       string
		odd        sim.BatchOddities
		ok, failed int
	}{
		{"as OpenAI", sim.BatchOddities{}, 60, 0},
		{"upper case, times as objects, no counts", sim.BatchOddities{UpperCase: true, TimeObjects: true, NoCounts: true},
			60, 0},
		{"any order, twice, with lines of nonsense", sim.BatchOddities{Shuffle: true, Twice: true, BadLines: 3}, 60, 0},
		{"output_file_id null at first", sim.BatchOddities{LateOutput: 3, NoErrorFile: true}, 60, 0},
		{"usage null", sim.BatchOddities{NoUsage: true}, 60, 0},
		{"failures in the error file", sim.BatchOddities{FailRows: 5}, 48, 12},
		{"failures in the output file", sim.BatchOddities{FailRows: 5, FailuresInOutput: true}, 48, 12},
		{"status_code 0", sim.BatchOddities{FailRows: 5, StatusZero: true}, 48, 12},
		{"every row fails: only an error file", sim.BatchOddities{FailRows: 1}, 0, 60},
		{"rows without a line", sim.BatchOddities{DropRows: 10}, 55, 5},
		{"cut downloads", sim.BatchOddities{CutDownloads: 2}, 60, 0},
		{"short downloads", sim.BatchOddities{ShortDownloads: 2}, 60, 0},
		{"broken downloads", sim.BatchOddities{BrokenDownloads: 2}, 60, 0},
		{"lost answers to create and upload", sim.BatchOddities{LoseCreates: 1, LoseUploads: 1}, 60, 0},
		{"a list that is behind", sim.BatchOddities{LoseCreates: 1, HideLists: 3}, 60, 0},
		{"metadata that is dropped", sim.BatchOddities{LoseCreates: 1, NoMetadata: true}, 60, 0},
		{"creates that are refused with 429", sim.BatchOddities{RefuseCreates: 2}, 60, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := playing(t, tt.odd)
			b := carry(t, t.TempDir(), s.URL(), inParts(25))
			id, err := b.Start(job.Options{Input: questions(t, 60), Carrier: job.ByProvider})
			if err != nil {
				t.Fatal(err)
			}
			h := rest(t, b, id)
			if h.State != job.Finished || h.OK != tt.ok || h.Failed != tt.failed || h.Done() != 60 {
				t.Errorf("%s (%s), %d ok, %d failed: %s", h.State, h.Stopped, h.OK, h.Failed, h.Reason)
			}
			if (h.Cost > 0) != (tt.ok > 0) || tt.ok > 0 && !h.Estimated {
				t.Errorf("cost %s %s, an estimate: %v", h.Cost, h.Source, h.Estimated)
			}
			onceEach(t, s, 60)
		})
	}
}

// TestKilledWithAProvider copies the folder of a run as it is while a request is held, as a crash would leave it, and
// goes on from the copy.
func TestKilledWithAProvider(t *testing.T) {
	const rows = 60
	for _, kind := range []string{"POST /files", "POST /batches", "GET /batches/batch_", "GET /content"} {
		for _, after := range []bool{false, true} {
			for _, nth := range []int{1, 3} {
				t.Run(fmt.Sprintf("%s %d after=%v", kind, nth, after), func(t *testing.T) {
					s := playing(t, sim.BatchOddities{Shuffle: true, FailRows: 20})
					g := openGate(t, s.URL())
					g.kind, g.nth, g.after = kind, nth, after
					dir := t.TempDir()
					b := carry(t, dir, g.URL+"/v1", inParts(25))
					id, err := b.Start(job.Options{Input: questions(t, rows), Carrier: job.ByProvider})
					if err != nil {
						t.Fatal(err)
					}
					<-g.reached
					other := filepath.Join(t.TempDir(), "runs")
					if err := os.CopyFS(other, os.DirFS(dir)); err != nil {
						t.Fatal(err)
					}
					if err := b.Pause(id); err != nil {
						t.Fatal(err)
					}
					c := carry(t, other, s.URL(), inParts(25))
					if _, err := c.Start(job.Options{Resume: id}); err != nil {
						t.Fatal(err)
					}
					h := rest(t, c, id)
					if h.State != job.Finished || h.OK != 58 || h.Failed != 2 {
						t.Fatalf("%s, %d ok, %d failed: %s", h.State, h.OK, h.Failed, h.Reason)
					}
					onceEach(t, s, rows)
				})
			}
		}
	}
}

// BenchmarkProvider120000 runs 120,000 rows in three parts, with oddities.
func BenchmarkProvider120000(b *testing.B) {
	const rows = 120_000
	for b.Loop() {
		s := playing(b, sim.BatchOddities{UpperCase: true, Shuffle: true, CutDownloads: 1, FailRows: 1000, LoseCreates: 1})
		book := carry(b, b.TempDir(), s.URL(), job.PartLimits{PollMin: 10 * time.Millisecond, FindFor: time.Second})
		id, err := book.Start(job.Options{Input: questions(b, rows), Carrier: job.ByProvider})
		if err != nil {
			b.Fatal(err)
		}
		h := rest(b, book, id)
		if h.State != job.Finished || h.Done() != rows || h.Failed == 0 {
			b.Fatalf("%s, %d ok, %d failed: %s", h.State, h.OK, h.Failed, h.Reason)
		}
		onceEach(b, s, rows)
		b.ReportMetric(float64(rows)/h.Elapsed.Seconds(), "rows/s")
	}
}
