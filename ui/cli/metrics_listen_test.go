//go:build unix

package cli

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// TestABatchIsScraped scrapes a batch while a row of it is in flight.
func TestABatchIsScraped(t *testing.T) {
	p := buildProgram(t)
	url := p.simulate(t, "--ttft", "30s")
	p.env = append(p.env, "OPENAI_API_KEY=k", "OPENAI_BASE_URL="+url)
	rows := t.TempDir() + "/rows.txt"
	if err := os.WriteFile(rows, []byte("one\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd, _, _ := p.command(t, "batch", rows, "-c", "2", "--yes", "--metrics-listen", "127.0.0.1:0")
	cmd.Stderr = nil
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
	}()
	lines := bufio.NewReader(stderr)
	at := ""
	for at == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("no address was printed: %v", err)
		}
		_, at, _ = strings.Cut(strings.TrimSpace(line), "metrics for Prometheus are at ")
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	for late := time.Now().Add(30 * time.Second); ; <-time.After(20 * time.Millisecond) {
		body := scrapePage(t, at)
		if strings.Contains(body, `relaytop_in_flight{lane="batch"} 2`) {
			return
		}
		if time.Now().After(late) {
			t.Fatalf("two rows are in flight, and it says %s", body)
		}
	}
}

func scrapePage(t *testing.T, url string) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestAnAddressThatIsTaken: one of the command line is wrong use; one of the configuration is told.
func TestAnAddressThatIsTaken(t *testing.T) {
	p := buildProgram(t)
	url := p.simulate(t)
	p.env = append(p.env, "OPENAI_API_KEY=k", "OPENAI_BASE_URL="+url)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()
	before := simStats(t, url).Requests
	code, _, stderr := p.run(t, "bench", "-n", "1", "--warmup", "0", "--metrics-listen", address)
	if code != exitUsage || !strings.Contains(stderr, "no metrics endpoint at "+address) ||
		simStats(t, url).Requests != before {
		t.Errorf("exit %d after %d requests: %s", code, simStats(t, url).Requests-before, stderr)
	}
	config := t.TempDir() + "/relaytop.toml"
	if err := os.WriteFile(config, []byte("metrics_listen = \""+address+"\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr = p.run(t, "bench", "-n", "1", "--warmup", "0", "--config", config)
	if code != exitOK || !strings.Contains(stderr, "no metrics endpoint at "+address) {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
