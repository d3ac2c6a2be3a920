//go:build linux

package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	costRows  = 6000 // of a measured run
	costFew   = 100  // of the run whose CPU time is taken off: what the program needs to start and to end
	costWide  = 50   // in flight
	costModel = "gpt-4.1-mini"
)

// BenchmarkRowCost prints the CPU time behind one row of a batch, in milliseconds, at a relay in another process:
// 16 tokens, 50 rows in flight, no limits, with the journal. The relay answers at once, or after 20 ms. Beside it,
// in the same round and of the same rows, that of a bare net/http client that keeps a journal; x is the ratio of
// the two, and share the rows a second beside those of the bare client.
func BenchmarkRowCost(b *testing.B) {
	for _, c := range []struct {
		name, ttft string
		plain      bool
	}{{"stream", "-1ns", false}, {"plain", "-1ns", true}, {"stream-20ms", "20ms", false}, {"plain-20ms", "20ms", true}} {
		b.Run(c.name, func(b *testing.B) {
			p := buildProgram(b)
			url := p.quick(b, c.ttft)
			bare := &bareClient{url: url, plain: c.plain, dir: b.TempDir()}
			few, many := p.prompts(b, costFew), p.prompts(b, costRows)
			for b.Loop() {
				ours, our := p.cost(b, c.plain, few, many)
				theirs, their := bare.cost(b, many)
				b.ReportMetric(ours, "ms/row")
				b.ReportMetric(theirs, "bare-ms/row")
				b.ReportMetric(ours/theirs, "x")
				b.ReportMetric(our, "rows/s")
				b.ReportMetric(their, "bare-rows/s")
				b.ReportMetric(our/their, "share")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// quick is a relay in another process whose answers come in one piece after a time. The program asks it without
// limits.
func (p *program) quick(b *testing.B, ttft string) (url string) {
	b.Helper()
	url = p.simulate(b, "--ttft", ttft, "--itl", "-1ns", "--jitter", "-1", "--tokens", "16")
	p.env = append(p.env, "OPENAI_API_KEY=k", "OPENAI_BASE_URL="+url, "RATE_LIMIT_REQUESTS_PER_MINUTE=0",
		"RATE_LIMIT_TOKENS_PER_MINUTE=0", "MAX_CONCURRENT_REQUESTS="+fmt.Sprint(costWide+2))
	return url
}

// prompts writes a file of n prompts in lines of about 200 bytes.
func (p program) prompts(b *testing.B, n int) string {
	b.Helper()
	var text bytes.Buffer
	for i := range n {
		fmt.Fprintf(&text, `{"custom_id":"row-%d","body":{"model":%q,"messages":[{"role":"user","content":%q}]}}`+"\n", i,
			costModel, fmt.Sprintf("Say in one sentence what is to be seen on picture %d of the album.", i))
	}
	path := filepath.Join(filepath.Dir(p.path), fmt.Sprintf("rows-%d.jsonl", n))
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// cost is the CPU time of a row in milliseconds, and how many rows end in a second.
func (p program) cost(b *testing.B, plain bool, few, many string) (ms, rate float64) {
	b.Helper()
	first, began := p.batch(b, plain, few)
	all, took := p.batch(b, plain, many)
	return (all - first).Seconds() * 1000 / (costRows - costFew), (costRows - costFew) / (took - began).Seconds()
}

// batch runs a file and returns the CPU time of the process and how long it ran.
func (p program) batch(b *testing.B, plain bool, path string) (cpu, took time.Duration) {
	b.Helper()
	args := []string{"batch", path, "-c", fmt.Sprint(costWide), "--yes", "--force", "-o", path + ".out"}
	if plain {
		args = append(args, "--no-stream")
	}
	cmd, stdout, stderr := p.command(b, args...)
	began := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%v: %s%s", err, stdout, stderr)
	}
	s := cmd.ProcessState
	return s.UserTime() + s.SystemTime(), time.Since(began)
}

// bareClient asks for the rows of a file and appends each answer to a journal, synced as often as ours.
type bareClient struct {
	url   string
	plain bool
	dir   string
	done  int // journals written
}

type bareRow struct {
	ID   string         `json:"custom_id"`
	Body map[string]any `json:"body"`
}

// cost is the CPU time of a row in milliseconds, and how many rows end in a second.
func (c *bareClient) cost(b *testing.B, path string) (ms, rate float64) {
	b.Helper()
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	c.done++
	j, err := os.Create(filepath.Join(c.dir, fmt.Sprint("journal-", c.done)))
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	web := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: costWide}}
	defer web.CloseIdleConnections()
	before, began := ownCPU(b), time.Now()
	lines, quit := make(chan []byte), make(chan struct{})
	var mu sync.Mutex
	var workers, syncer sync.WaitGroup
	syncer.Go(func() {
		for t := time.NewTicker(50 * time.Millisecond); ; {
			select {
			case <-t.C:
				_ = j.Sync()
			case <-quit:
				t.Stop()
				return
			}
		}
	})
	for range costWide {
		workers.Go(func() {
			for line := range lines {
				out, err := c.ask(web, line)
				if err != nil {
					b.Error(err)
					continue
				}
				mu.Lock()
				_, err = j.Write(append(out, '\n'))
				mu.Unlock()
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	for s := bufio.NewScanner(f); s.Scan(); {
		lines <- bytes.Clone(s.Bytes())
	}
	close(lines)
	workers.Wait()
	close(quit)
	syncer.Wait()
	if err := j.Sync(); err != nil {
		b.Error(err)
	}
	return (ownCPU(b) - before).Seconds() * 1000 / costRows, costRows / time.Since(began).Seconds()
}

// ask sends one row, and returns its line for the journal.
func (c *bareClient) ask(web *http.Client, line []byte) ([]byte, error) {
	var row bareRow
	if err := json.Unmarshal(line, &row); err != nil {
		return nil, err
	}
	if !c.plain {
		row.Body["stream"], row.Body["stream_options"] = true, map[string]bool{"include_usage": true}
	}
	body, err := json.Marshal(row.Body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(http.MethodPost, c.url+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer k")
	resp, err := web.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	var text string
	if c.plain {
		text, err = plainText(resp.Body)
	} else {
		text, err = streamText(resp.Body)
	}
	if err != nil || text == "" {
		return nil, fmt.Errorf("the answer %q: %w", text, err)
	}
	return json.Marshal(map[string]string{"id": row.ID, "text": text})
}

func plainText(r io.Reader) (string, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return "", err
	}
	var answer struct {
		Choices []struct {
			Message struct{ Content string }
		}
	}
	if err := json.Unmarshal(raw, &answer); err != nil || len(answer.Choices) == 0 {
		return "", fmt.Errorf("%s: %w", raw, err)
	}
	return answer.Choices[0].Message.Content, nil
}

func streamText(r io.Reader) (string, error) {
	var text strings.Builder
	s := bufio.NewScanner(r)
	for s.Scan() {
		data, ok := bytes.CutPrefix(s.Bytes(), []byte("data: "))
		if !ok || bytes.Equal(data, []byte("[DONE]")) {
			continue
		}
		var chunk struct {
			Choices []struct {
				Delta struct{ Content string }
			}
		}
		if err := json.Unmarshal(data, &chunk); err != nil {
			return "", err
		}
		if len(chunk.Choices) > 0 {
			text.WriteString(chunk.Choices[0].Delta.Content)
		}
	}
	return text.String(), s.Err()
}

// ownCPU is the CPU time of this process so far.
func ownCPU(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
