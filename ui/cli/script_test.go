package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts holds the real program against what scripts may rely on. The commands that the scripts have beside the usual ones:
//
//	relay NAME [FLAGS]      starts a simulated relay; $NAME is its base URL
//	echoing NAME            a relay that refuses, and repeats the key in its error; `speaking NAME TEXT` one that says TEXT
//	rt CODE [<FILE] ARGS    runs relaytop, which must end with that exit code
//	json FILE PATH=WANT ..  looks into an object; WANT is a value or a type, or several with | between
//	rows FILE ID ..         the custom_ids of an output file, in order
//	seen NAME KEY=N ..      what the simulated relay has counted
//	nowhere TEXT PATH ..    no file under these holds the text
func TestScripts(t *testing.T) {
	p := buildProgram(t)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("RELAYTOP_DATA_DIR", filepath.Join(e.WorkDir, "data"))
			e.Setenv("RETRY_BACKOFF_MS", "1")
			e.Setenv("OPENAI_API_KEY", "sk-of-the-script-0123456789")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"relay":    func(ts *testscript.TestScript, _ bool, args []string) { ts.Setenv(args[0], p.simulate(t, args[1:]...)) },
			"rt":       p.scriptRun,
			"echoing":  func(ts *testscript.TestScript, _ bool, args []string) { serve(ts, args[0], echoKey) },
			"speaking": func(ts *testscript.TestScript, _ bool, args []string) { serve(ts, args[0], speak(args[1])) },
			"json":     scriptJSON,
			"rows":     scriptRows,
			"seen":     scriptSeen,
			"nowhere":  scriptNowhere,
		},
	})
}

// scriptRun runs the program in the script's folder and environment.
func (p program) scriptRun(ts *testscript.TestScript, _ bool, args []string) {
	want, args := args[0], args[1:]
	cmd := exec.Command(p.path)
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), ts.Stdout(), ts.Stderr()
	for _, name := range passed {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	if len(args) > 0 && strings.HasPrefix(args[0], "<") {
		f, err := os.Open(ts.MkAbs(args[0][1:]))
		ts.Check(err)
		defer f.Close()
		cmd.Stdin, args = f, args[1:]
	}
	cmd.Args = append(cmd.Args, args...)
	_ = cmd.Run() // the exit code tells
	if got := fmt.Sprint(cmd.ProcessState.ExitCode()); got != want {
		ts.Fatalf("relaytop %q: exit %s, want %s", args, got, want)
	}
}

func scriptJSON(ts *testscript.TestScript, _ bool, args []string) {
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	dec.UseNumber()
	var root any
	ts.Check(dec.Decode(&root))
	if dec.More() {
		ts.Fatalf("%s holds more than one object", args[0])
	}
	for _, a := range args[1:] {
		path, want, _ := strings.Cut(a, "=")
		v, ok := dig(root, path)
		if !ok {
			ts.Fatalf("no %s", path)
		}
		if !matches(v, want) {
			ts.Fatalf("%s is %v, want %s", path, v, want)
		}
	}
}

// dig follows a path of names and indexes, with dots between.
func dig(v any, path string) (any, bool) {
	for part := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			next, ok := in[part]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i := -1
			if _, err := fmt.Sscan(part, &i); err != nil || i < 0 || i >= len(in) {
				return nil, false
			}
			v = in[i]
		default:
			return nil, false
		}
	}
	return v, true
}

func matches(v any, want string) bool {
	kind := "null"
	switch n := v.(type) {
	case string:
		kind = "string"
	case bool:
		kind = "bool"
	case json.Number:
		kind = "number"
		if _, err := n.Int64(); err == nil {
			kind = "int"
		}
	case []any:
		kind = fmt.Sprintf("array%d", len(n))
	case map[string]any:
		kind = "object"
	}
	for w := range strings.SplitSeq(want, "|") {
		if w == kind || kind == "int" && w == "number" || w != "" && strings.TrimRight(kind, "0123456789") == w || v != nil && fmt.Sprint(v) == w {
			return true
		}
	}
	return false
}

func scriptRows(ts *testscript.TestScript, _ bool, args []string) {
	var got []string
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		var row struct {
			ID       string                      `json:"id"`
			CustomID string                      `json:"custom_id"`
			Response *struct{ Body any }         `json:"response"`
			Error    *struct{ Message string }   `json:"error"`
			Own      *map[string]json.RawMessage `json:"relaytop"`
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			ts.Fatalf("%s: %v", line, err)
		}
		if row.ID == "" || row.Own == nil || row.Response == nil && row.Error == nil {
			ts.Fatalf("not an output line: %s", line)
		}
		for _, key := range []string{"model", "endpoint", "cost_usd", "cost_source", "ttft_ms", "e2e_ms", "attempts", "fallback"} {
			if _, ok := (*row.Own)[key]; !ok {
				ts.Fatalf("no relaytop.%s: %s", key, line)
			}
		}
		got = append(got, row.CustomID)
	}
	if strings.Join(got, " ") != strings.Join(args[1:], " ") {
		ts.Fatalf("rows %q, want %q", got, args[1:])
	}
}

func scriptSeen(ts *testscript.TestScript, _ bool, args []string) {
	resp, err := http.Get(strings.TrimSuffix(ts.Getenv(args[0]), "/v1") + "/sim/stats")
	ts.Check(err)
	defer resp.Body.Close()
	var stats map[string]any
	ts.Check(json.NewDecoder(resp.Body).Decode(&stats))
	for _, a := range args[1:] {
		key, want, _ := strings.Cut(a, "=")
		if got, _ := dig(stats, key); fmt.Sprint(got) != want {
			ts.Fatalf("the relay counted %s %v, want %s", key, got, want)
		}
	}
}

func scriptNowhere(ts *testscript.TestScript, _ bool, args []string) {
	for _, root := range args[1:] {
		if root == "stdout" || root == "stderr" {
			if strings.Contains(ts.ReadFile(root), args[0]) {
				ts.Fatalf("%s holds it", root)
			}
			continue
		}
		files := 0
		ts.Check(filepath.WalkDir(ts.MkAbs(root), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			files++
			raw, err := os.ReadFile(path)
			if err == nil && strings.Contains(string(raw), args[0]) {
				err = fmt.Errorf("%s holds it", path)
			}
			return err
		}))
		if files == 0 {
			ts.Fatalf("no file under %s: nothing was proved", root)
		}
	}
}

func serve(ts *testscript.TestScript, name string, h http.HandlerFunc) {
	s := httptest.NewServer(h)
	ts.Defer(s.Close)
	ts.Setenv(name, s.URL+"/v1")
}

// echoKey refuses as relays do that put the key into their message.
func echoKey(w http.ResponseWriter, r *http.Request) {
	key := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Echo", key)
	w.WriteHeader(http.StatusUnauthorized)
	fmt.Fprintf(w, `{"error":{"message":"Incorrect API key provided: %s.","type":"invalid_request_error","code":"invalid_api_key"}}`, key)
}

// speak answers every request with this text, given as the inside of a JSON string.
func speak(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, "data: {\"id\":\"x\",\"model\":\"gpt-4.1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"finish_reason\":null}]}\n\n", text)
		fmt.Fprint(w, "data: {\"id\":\"x\",\"model\":\"gpt-4.1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
	}
}
