//go:build unix

package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"relaytop/relay"
	"relaytop/state/config"
)

const rightKey = "sk-right-0123456789"

// keyedRelay streams a short answer if the key is right.
func keyedRelay(t *testing.T) (baseURL string) {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", func(w http.ResponseWriter,
		_ *http.Request) {
		fmt.Fprint(w, `{"data":[{"id":"gpt-4.1"}]}`)
	})
	mux.HandleFunc("POST /v1/chat/completions", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for range 3 {
			fmt.Fprint(w, "data: {\"choices\":[{\"delta\":{\"content\":\"1 \"}}]}\n\n")
		}
		fmt.Fprint(w, `data: {"choices":[{"delta":{},"finish_reason":"stop"}],`+
			`"usage":{"prompt_tokens":9,"completion_tokens":3}}`+"\n\ndata: [DONE]\n\n")
	})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+rightKey {
			http.Error(w, `{"error":{"message":"wrong key"}}`, http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/v1"
}

// dialog runs the program on a terminal and answers each question that it waits for.
func dialog(t *testing.T, cmd *exec.Cmd, answers ...[2]string) (screen string, code int) {
	t.Helper()
	cmd.Stdout, cmd.Stderr = nil, nil
	f, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	// a question that never comes must not hang the test
	kill := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	var seen bytes.Buffer
	from, piece := 0, make([]byte, 4096)
	for {
		n, err := f.Read(piece)
		seen.Write(piece[:n])
		if len(answers) > 0 {
			if at := strings.Index(seen.String()[from:], answers[0][0]); at >= 0 {
				from += at + len(answers[0][0])
				if _, err := f.WriteString(answers[0][1] + "\r"); err != nil {
					t.Fatal(err)
				}
				answers = answers[1:]
			}
		}
		if err != nil { // the terminal's other end is closed
			break
		}
	}
	_ = cmd.Wait() // its code is looked at
	return seen.String(), cmd.ProcessState.ExitCode()
}

func TestInitOnATerminal(t *testing.T) {
	p, s := buildProgram(t), keyedRelay(t)
	file := filepath.Join(filepath.Dir(p.path), "data", "config.toml")
	cmd, _, _ := p.command(t, "init")
	screen, code := dialog(t, cmd, [2]string{"Base URL", s}, [2]string{"not shown", "sk-wrong-0123456789"})
	if _, err := os.Stat(file); code != exitFailed || err == nil || !strings.Contains(screen, "nothing was written") {
		t.Errorf("a wrong key: code %d, file %v\n%s", code, err, screen)
	}
	cmd, _, _ = p.command(t, "init")
	screen, code = dialog(t, cmd, [2]string{"Base URL", s}, [2]string{"not shown", rightKey})
	if code != exitOK || strings.Contains(screen, rightKey) {
		t.Fatalf("code %d, or the key was shown:\n%s", code, screen)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the config: %v %v", info, err)
	}
	cmd, stdout, stderr := p.command(t, "doctor", "--json", "--yes")
	if err := cmd.Run(); err != nil {
		t.Errorf("doctor after init: %v\n%s%s", err, stdout, stderr)
	}
	var got struct{ Checks []relay.Check }
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil || len(got.Checks) != 16 ||
		strings.Contains(stdout.String(), rightKey) {
		t.Errorf("%d checks, %v, or the key in them:\n%s", len(got.Checks), err, stdout)
	}
}

// TestInitKeepsTheRest: init writes a model that the relay has, asks before it replaces anything and names it, and
// keeps the rest of the file.
func TestInitKeepsTheRest(t *testing.T) {
	p := buildProgram(t)
	file := filepath.Join(filepath.Dir(p.path), "data", "config.toml")
	p.write(t, "config.toml", "theme = \"light\"\n\n[[endpoints]]\nname = \"relay\"\nbase_url = "+
		"\"http://127.0.0.1:9/v1\"\n\n[[endpoints]]\nname = \"work\"\nbase_url = \"http://127.0.0.1:9/v2\"\n")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"data":[{"id":"text-embedding-3"},{"id":"m1"}]}`)
	}))
	t.Cleanup(s.Close)
	answers := [][2]string{{"Base URL", s.URL}, {"not shown", ""}, {"Default model [m1]", ""}, {"y/N", "n"}}
	before, _ := os.ReadFile(file)
	cmd, _, _ := p.command(t, "init")
	screen, code := dialog(t, cmd, answers...)
	if after, _ := os.ReadFile(file); code != exitFailed || string(after) != string(before) ||
		!strings.Contains(screen, "the endpoint relay http://127.0.0.1:9/v1") {
		t.Errorf("after a no: code %d\n%s\n%s", code, screen, after)
	}
	answers[3][1] = "y"
	cmd, _, _ = p.command(t, "init")
	screen, code = dialog(t, cmd, answers...)
	after, _ := os.ReadFile(file)
	if code != exitOK || !strings.Contains(screen, "2 models listed") {
		t.Errorf("after a yes: code %d\n%s", code, screen)
	}
	for _, want := range []string{"light", "default_model = 'm1'", s.URL + "/v1", "http://127.0.0.1:9/v2"} {
		if !strings.Contains(string(after), want) {
			t.Errorf("no %s in\n%s", want, after)
		}
	}
	cmd, _, _ = p.command(t, "init")
	cmd.Env = append(cmd.Env, "OPENAI_BASE_URL=http://127.0.0.1:9/v1")
	screen, code = dialog(t, cmd, [2]string{"Base URL", "ftp://relay.example"})
	if code != exitUsage || !strings.Contains(screen, "environment OPENAI_BASE_URL") ||
		strings.Contains(screen, "API key") {
		t.Errorf("a bad URL: code %d\n%s", code, screen)
	}
}

func TestInitWithoutATerminal(t *testing.T) {
	cmd, _, stderr := buildProgram(t).command(t, "init")
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != exitUsage || !strings.Contains(stderr.String(), "terminal") {
		t.Errorf("%v: %s", err, stderr)
	}
}

func TestDoctorAsksOnATerminal(t *testing.T) {
	p, s := buildProgram(t), keyedRelay(t)
	p.env = append(p.env, "OPENAI_BASE_URL="+s, "OPENAI_API_KEY="+rightKey, "LANG=C.UTF-8", "TERM=xterm")
	for answer, want := range map[string]string{"n": "not asked", "y": " pieces "} {
		cmd, _, _ := p.command(t, "doctor")
		screen, _ := dialog(t, cmd, [2]string{"y/N", answer})
		if !strings.Contains(screen, want) {
			t.Errorf("after %s there is no %q:\n%s", answer, want, screen)
		}
	}
	cmd, stdout, _ := p.command(t, "doctor", "--json")
	if err := cmd.Run(); err != nil || !strings.Contains(stdout.String(), "needs --yes") {
		t.Errorf("without a terminal: %v\n%s", err, stdout)
	}
}

func TestDoctorExitCodes(t *testing.T) {
	p, s := buildProgram(t), keyedRelay(t)
	for _, c := range []struct {
		env  []string
		want int
	}{
		{[]string{"OPENAI_BASE_URL=" + s, "OPENAI_API_KEY=wrong-key"}, exitFailed},
		{[]string{"OPENAI_BASE_URL=http://127.0.0.1:9/v1"}, exitFailed},
		{[]string{"MAX_CONCURRENT_REQUESTS=many"}, exitUsage},
	} {
		cmd, stdout, stderr := p.command(t, "doctor")
		cmd.Env = append(cmd.Env, c.env...)
		_ = cmd.Run() // its code is looked at
		if got := cmd.ProcessState.ExitCode(); got != c.want {
			t.Errorf("%v: code %d, not %d\n%s%s", c.env, got, c.want, stdout, stderr)
		}
	}
}

func TestFolders(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	link := filepath.Join(dir, "link")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{dir: true, filepath.Join(dir, "not", "yet"): true, file: false, link: false} {
		if k := folderCheck(path); k.OK == nil || *k.OK != want {
			t.Errorf("%s: %+v", path, k)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "not")); err == nil {
		t.Error("looking made the folder")
	}
	if k := othersCheck(&config.Config{Paths: config.Paths{Data: dir}}); k.OK == nil || !*k.OK {
		t.Errorf("nobody else is here: %+v", k)
	}
}
