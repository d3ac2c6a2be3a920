package sim

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// BenchmarkPace reports how late the chunks of 500 streams are written, in microseconds after the moment that the
// schedule names. The clients run in the same process, so the figure is an upper bound.
func BenchmarkPace(b *testing.B) {
	const streams, tokens, itl = 500, 100, 20 * time.Millisecond
	s, err := Start(b.Context(), Options{TTFT: 500 * time.Millisecond, ITL: itl, Jitter: -1, Tokens: tokens})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var mu sync.Mutex
	var late []int64
	for b.Loop() {
		var wg sync.WaitGroup
		for range streams {
			wg.Go(func() {
				sent := stampsOf(b, s)
				// The chunk that is earliest by the schedule counts as in time.
				base := int64(1 << 62)
				for n, us := range sent {
					base = min(base, us-int64(n)*itl.Microseconds())
				}
				mu.Lock()
				defer mu.Unlock()
				for n, us := range sent {
					late = append(late, us-base-int64(n)*itl.Microseconds())
				}
			})
		}
		wg.Wait()
	}
	slices.Sort(late)
	if len(late) == 0 {
		b.Fatal("nothing was sent")
	}
	b.ReportMetric(float64(late[len(late)/2]), "p50-us")
	b.ReportMetric(float64(late[len(late)*99/100]), "p99-us")
	b.ReportMetric(float64(late[len(late)-1]), "max-us")
}

// stampsOf plays one stream and returns the stamps of its content chunks. It looks for them afterwards, so that
// parsing does not keep the server from its schedule.
func stampsOf(b *testing.B, s *Server) []int64 {
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	resp, err := (&http.Client{Transport: tr}).Post(s.URL()+"/chat/completions", "application/json",
		strings.NewReader(body("gpt-4.1", "pace", "")))
	if err != nil {
		b.Error(err)
		return nil
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Error(err)
	}
	var sent []int64
	for _, line := range bytes.Split(all, []byte("\n\n")) {
		at := bytes.LastIndex(line, []byte(stampKey))
		if at < 0 || !bytes.Contains(line, []byte(`"delta":{"content"`)) {
			continue
		}
		us, err := strconv.ParseInt(string(line[at+len(stampKey):at+len(stampField)]), 10, 64)
		if err != nil {
			b.Error(err)
		}
		sent = append(sent, us)
	}
	return sent
}
