package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

// program is relaytop, built for this test, in a folder of its own.
type program struct {
	path string
	env  []string
}

func buildProgram(t testing.TB) program {
	t.Helper()
	dir := t.TempDir()
	p := program{path: filepath.Join(dir, "relaytop"),
		env: []string{"HOME=" + dir, "RELAYTOP_DATA_DIR=" + filepath.Join(dir, "data"), "PATH=" + os.Getenv("PATH")}}
	if out, err := exec.Command("go", "build", "-o", p.path, "relaytop").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return p
}

func (p program) command(t testing.TB, args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	cmd = exec.CommandContext(t.Context(), p.path, args...)
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = filepath.Dir(p.path), p.env, stdout, stderr
	return cmd, stdout, stderr
}

// run returns the exit code and what was printed.
func (p program) run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd, out, errs := p.command(t, args...)
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// simulate starts `relaytop sim` and returns its base URL.
func (p program) simulate(t testing.TB, args ...string) string {
	t.Helper()
	cmd, _, _ := p.command(t, append([]string{"sim", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Stdout = nil
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
	})
	url, err := bufio.NewReader(pipe).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(url)
}

// simStats counts the chat requests that the simulated relay received.
func simStats(t testing.TB, url string) (s struct{ Requests, Peak, Cancelled, Open int }) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(strings.TrimSuffix(url, "/v1") + "/sim/stats")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var all struct {
		Peak, Cancelled, Open int
		Paths                 map[string]struct{ Requests int }
	}
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	s.Requests, s.Peak, s.Cancelled, s.Open = all.Paths["POST /v1/chat/completions"].Requests, all.Peak, all.Cancelled,
		all.Open
	return s
}

func TestBenchAgainstTheSimulatedRelay(t *testing.T) {
	p := buildProgram(t)
	t.Run("figures", func(t *testing.T) {
		url := p.simulate(t, "--ttft", "30ms", "--itl", "2ms", "--tokens", "60", "--cost-field")
		code, stdout, stderr := p.run(t, "bench", "--base-url", url, "-n", "23", "-c", "4", "--warmup", "2", "--json")
		if code != exitOK {
			t.Fatalf("exit %d: %s", code, stderr)
		}
		o, _ := benchResult(t, stdout)
		if s := simStats(t, url); s.Requests != 25 || s.Peak > 4 {
			t.Errorf("the relay saw %d requests, %d at once; want 25, at most 4", s.Requests, s.Peak)
		}
		if o.N != 23 || o.OK != 23 || o.Failed != 0 || *o.ErrorRate != 0 || len(o.ByClass) != 0 {
			t.Errorf("n %d, ok %d, failed %d, %v", o.N, o.OK, o.Failed, o.ByClass)
		}
		// The relay waits at least this long; how much longer this machine takes is not tested. An answer takes 120 ms,
		// so that a busy machine does not make a burst of it.
		for name, q := range map[string]struct {
			got   quantilesObject
			n     int64
			least float64
		}{"latency": {o.Latency, 23, 140}, "TTFT": {o.TTFT, 23, 28}, "TPOT": {o.TPOT, 23, 1},
			"inter-chunk": {o.InterChunk, 23 * 59, 1}, "queue": {o.Queue, 23, 0}} {
			if q.got.N != q.n || q.got.Mean == nil || *q.got.Mean < q.least || *q.got.P50 > *q.got.P99 ||
				*q.got.P99 > *q.got.Max {
				t.Errorf("%s: %d samples, want %d; %+v", name, q.got.N, q.n, q.got)
			}
		}
		if o.Cost.Source != relay.SourceReported || o.Cost.USD == nil || *o.Cost.USD == "0.000000" ||
			o.Cost.UnknownRequests != 0 {
			t.Errorf("cost %+v", o.Cost)
		}
		if *o.ReqPerSec <= 0 || *o.TokPerSec < 19**o.ReqPerSec || o.Lag.P99 == nil {
			t.Errorf("%v req/s, %v tok/s, lag %+v", *o.ReqPerSec, *o.TokPerSec, o.Lag)
		}
	})
	t.Run("every request fails once", func(t *testing.T) {
		url := p.simulate(t, "--errors", "503=100%")
		code, stdout, _ := p.run(t, "bench", "--base-url", url, "-n", "7", "-c", "3", "--fallback", "gpt-4.1", "--json")
		o, _ := benchResult(t, stdout)
		if s := simStats(t, url); code != exitFailed || o.Failed != 7 || o.ByClass[relay.ClassOverloaded] != 7 ||
			s.Requests != 8 || o.Latency.P50 != nil || o.Cost.USD != nil {
			t.Errorf("exit %d, %d requests seen, %s", code, s.Requests, stdout)
		}
	})
	t.Run("beyond the pool's usual size", func(t *testing.T) {
		url := p.simulate(t, "--ttft", "1s", "--itl", "1ms", "--tokens", "2")
		code, stdout, stderr := p.run(t, "bench", "--base-url", url, "-n", "130", "-c", "65", "--warmup", "0")
		if s := simStats(t, url); code != exitOK || s.Peak != 65 ||
			!strings.Contains(stdout, "130 requests of deepseek-v3.2") {
			t.Errorf("exit %d, %d at once, want 65: %s%s", code, s.Peak, stdout, stderr)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		url := p.simulate(t, "--ttft", "1h")
		cmd, stdout, stderr := p.command(t, "bench", "--base-url", url, "-n", "20", "-c", "2", "--warmup", "0", "--json")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for began := time.Now(); simStats(t, url).Open < 2; { // until both are under way
			if time.Since(began) > time.Minute {
				t.Fatalf("nothing was sent: %s", stderr)
			}
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // the exit code tells
		if o, _ := benchResult(t, stdout.String()); cmd.ProcessState.ExitCode() != exitInterrupted || o.N != 0 ||
			o.ErrorRate != nil || o.Config.N != 20 {
			t.Errorf("%v, %s", cmd.ProcessState, stdout)
		}
		if !strings.Contains(stderr.String(), "interrupted: 0 of 20 requests were measured") {
			t.Errorf("stderr does not tell: %s", stderr)
		}
	})
}
