//go:build unix

package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"relaytop/relay"
)

// countingRelay answers any key, lists a price, and counts the paid requests. Before it answers one it calls slow,
// which may be nil.
func countingRelay(t *testing.T, slow func(r *http.Request)) (baseURL string, posts *atomic.Int32) {
	t.Helper()
	posts = new(atomic.Int32)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"data":[{"id":"gpt-4.1","pricing":{"prompt":"0.000001","completion":"0.000002"}}]}`)
	})
	mux.HandleFunc("POST /v1/chat/completions", func(w http.ResponseWriter, r *http.Request) {
		posts.Add(1)
		var body json.RawMessage
		_ = json.NewDecoder(r.Body).Decode(&body)
		if slow != nil {
			slow(r)
		}
		fmt.Fprint(w, `{"choices":[{"message":{"content":"1 2 3"},"finish_reason":"stop"}],`+
			`"usage":{"prompt_tokens":10,"completion_tokens":5}}`)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL + "/v1", posts
}

func (p *program) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(filepath.Dir(p.path), "data", name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestDoctorKeepsTheBooks: a paid request of doctor is in the ledger, and needs the day's budget.
func TestDoctorKeepsTheBooks(t *testing.T) {
	p := buildProgram(t)
	url, posts := countingRelay(t, nil)
	p.env = append(p.env, "OPENAI_BASE_URL="+url, "LANG=C.UTF-8")
	p.write(t, "config.toml", "budget_day = \"0.00001\"\n")
	cmd, stdout, stderr := p.command(t, "doctor", "--yes", "--quiet")
	_ = cmd.Run() // this relay does not stream: its code is 1
	if posts.Load() != 1 || !strings.Contains(stderr.String(), "sending one request to gpt-4.1") {
		t.Fatalf("%d requests\n%s%s", posts.Load(), stdout, stderr)
	}
	cmd, stdout, _ = p.command(t, "usage", "--json")
	_ = cmd.Run() // its output is looked at
	var got struct {
		Requests int    `json:"total_requests"`
		Cost     string `json:"total_cost_usd"`
	}
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil || got.Requests != 1 ||
		!strings.HasPrefix(got.Cost, "0.00002") {
		t.Errorf("the ledger: %v %s", err, stdout)
	}
	cmd, stdout, stderr = p.command(t, "doctor", "--yes", "--json")
	_ = cmd.Run() // its code is looked at
	if code := cmd.ProcessState.ExitCode(); code != exitBudget || posts.Load() != 1 ||
		!strings.Contains(stdout.String(), "not asked: the budget is spent") {
		t.Errorf("code %d, %d requests\n%s%s", code, posts.Load(), stdout, stderr)
	}
}

// TestDoctorPaysForNothingThatIsLost: nothing is sent if the prices can't be read or the cost can't be recorded.
func TestDoctorPaysForNothingThatIsLost(t *testing.T) {
	p := buildProgram(t)
	url, posts := countingRelay(t, nil)
	p.env = append(p.env, "OPENAI_BASE_URL="+url, "LANG=C.UTF-8")
	p.write(t, "config.toml", "price_file = \"no-such-file.toml\"\n")
	cmd, stdout, stderr := p.command(t, "doctor", "--yes")
	_ = cmd.Run() // its code is looked at
	if code := cmd.ProcessState.ExitCode(); code != exitUsage || posts.Load() != 0 {
		t.Errorf("prices: code %d, %d requests\n%s%s", code, posts.Load(), stdout, stderr)
	}
	p.write(t, "config.toml", "")
	if err := os.MkdirAll(filepath.Join(filepath.Dir(p.path), "data", "relaytop.db"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd, stdout, stderr = p.command(t, "doctor", "--yes", "--json")
	_ = cmd.Run() // its code is looked at
	var got struct{ Checks []relay.Check }
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s%s", err, stdout, stderr)
	}
	marks := map[string]string{}
	for _, k := range got.Checks {
		if k.OK != nil {
			marks[k.Name] = fmt.Sprint(*k.OK)
		}
	}
	if code := cmd.ProcessState.ExitCode(); code != exitFailed || posts.Load() != 0 || marks["models"] != "true" ||
		marks["data_folder"] != "false" || marks["streaming"] != "" {
		t.Errorf("no ledger: code %d, %d requests, %v", code, posts.Load(), marks)
	}
}

// TestStopsAtAQuestion: ctrl-c at a question ends the command at once, with its exit code.
func TestStopsAtAQuestion(t *testing.T) {
	p := buildProgram(t)
	url, posts := countingRelay(t, nil)
	for name, answers := range map[string][][2]string{
		"doctor": {{"y/N", "\x03"}},
		"init":   {{"Base URL", "\x03"}},
		"init ":  {{"Base URL", url}, {"not shown", "\x03"}},
	} {
		cmd, _, _ := p.command(t, strings.TrimSpace(name))
		cmd.Env = append(cmd.Env, "LANG=C.UTF-8")
		if name == "doctor" {
			cmd.Env = append(cmd.Env, "OPENAI_BASE_URL="+url)
		}
		began := time.Now()
		screen, code := dialog(t, cmd, answers...)
		if code != exitCancelled || time.Since(began) > 20*time.Second || posts.Load() != 0 {
			t.Errorf("%s: code %d after %s\n%s", name, code, time.Since(began), screen)
		}
	}
}

// TestAStopKeepsTheLines: after ctrl-c during the paid request, the finished checks are printed.
func TestAStopKeepsTheLines(t *testing.T) {
	p := buildProgram(t)
	began := make(chan struct{})
	url, _ := countingRelay(t, func(r *http.Request) { close(began); <-r.Context().Done() })
	cmd, stdout, stderr := p.command(t, "doctor", "--yes")
	cmd.Env = append(cmd.Env, "OPENAI_BASE_URL="+url)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-began
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its code is looked at
	if code := cmd.ProcessState.ExitCode(); code != exitCancelled ||
		!strings.Contains(stdout.String(), "1 model, gpt-4.1 among them") || !strings.Contains(stdout.String(), "stopped") {
		t.Errorf("code %d\n%s%s", code, stdout, stderr)
	}
}

// TestDoctorNamesTheConfiguration: doctor says which files were read and which settings apply.
func TestDoctorNamesTheConfiguration(t *testing.T) {
	p := buildProgram(t)
	p.env = append(p.env, "OPENAI_BASE_URL=http://127.0.0.1:9/v1", "FALLBACK_MODEL=a,b",
		"RATE_LIMIT_REQUESTS_PER_MINUTE=0")
	first := func() string {
		cmd, stdout, _ := p.command(t, "doctor")
		_ = cmd.Run() // nobody answers: its code is 1
		lines := strings.SplitN(stdout.String(), "\n", 3)
		return strings.Join(lines[:2], "\n")
	}
	for _, want := range []string{"read: no config file (none at ", "config.toml), no .env;",
		"gpt-4.1 (default)", "fallback a, b",
		"50 at once", "timeout 2m", "no limit on requests", "100000 tokens"} {
		if got := first(); !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	p.write(t, "config.toml", "default_model = \"m\"\n")
	p.write(t, "../.env", "FALLBACK_MODEL=c\n")
	for _, want := range []string{"read: ", "data/config.toml, ", "/.env;", "model m (", "config.toml:1)"} {
		if got := first(); !strings.Contains(got, want) || strings.Contains(got, "no config file") {
			t.Errorf("no %q in %s", want, got)
		}
	}
}

func TestTerminals(t *testing.T) {
	for _, c := range []struct {
		w, h       int
		dumb, utf8 bool
		want, says string
	}{
		{120, 36, false, true, "true", "120x36"},
		{79, 24, false, true, "", "80x24"},
		{60, 15, false, true, "", "80x24"},
		{59, 24, false, true, "false", "60x15"},
		{0, 0, false, true, "true", "size unknown"},
		{120, 36, true, true, "", "TERM=dumb"},
		{120, 36, false, false, "", "--ascii"},
	} {
		k := judgeScreen("no colour", c.w, c.h, c.dumb, c.utf8)
		got := ""
		if k.OK != nil {
			got = fmt.Sprint(*k.OK)
		}
		if got != c.want || !strings.Contains(k.Detail+k.Fix, c.says) {
			t.Errorf("%+v: %+v", c, k)
		}
	}
}
