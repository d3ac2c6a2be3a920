package cli_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdSim starts `relaytop sim` on a free port and keeps its base URL in a variable: sim URL --ttft 10ms
func cmdSim(ts *testscript.TestScript, _ bool, args []string) {
	cmdStart(ts, false, append([]string{"sim-" + args[0], "relaytop", "sim", "--listen", "127.0.0.1:0"}, args[1:]...))
	p := stageOf(ts).proc(ts, "sim-"+args[0])
	poll(ts, "the simulated relay says where it listens", func() bool { return strings.Contains(p.out.String(), "\n") })
	ts.Setenv(args[0], strings.TrimSpace(p.out.String()))
}

// statsOf reads one counter of a simulated relay; 0 if it has none of this name. Dots separate the path: faults.429
func statsOf(ts *testscript.TestScript, url, path string) float64 {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	resp, err := client.Get(strings.TrimSuffix(url, "/v1") + "/sim/stats")
	ts.Check(err)
	defer resp.Body.Close()
	var v any
	ts.Check(json.NewDecoder(resp.Body).Decode(&v))
	for part := range strings.SplitSeq(path, ".") {
		o, _ := v.(map[string]any)
		v = o[part]
	}
	n, _ := v.(float64)
	return n
}

// cmdUntil waits until a counter of a simulated relay has reached a number: until $URL streams 5
func cmdUntil(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.ParseFloat(args[2], 64)
	ts.Check(err)
	poll(ts, strings.Join(args[1:], " "), func() bool { return statsOf(ts, args[0], args[1]) >= want })
}

// cmdStats checks the exact value of a counter of a simulated relay: stats $URL repeated_prompts 0
func cmdStats(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.ParseFloat(args[2], 64)
	ts.Check(err)
	if got := statsOf(ts, args[0], args[1]); got != want {
		ts.Fatalf("%s: %v, want %v", args[1], got, want)
	}
}

// faulty is a relay that does one thing wrong.
type faulty struct {
	server *httptest.Server
	served atomic.Int64
}

// cmdRelay starts a relay that does one thing wrong: relay URL echo-key
func cmdRelay(ts *testscript.TestScript, _ bool, args []string) {
	kinds := map[string]func(*faulty, http.ResponseWriter, *http.Request){
		"echo-key": echoKey, "wait-once": waitOnce, "endless": endless, "cut": cut, "stall": stall, "escapes": escapes,
		"redirect": redirect, "html": html,
		"length": ends("length", "as far as"), "filtered": ends("content_filter", "as far as"), "empty": ends("stop"),
		"odd":       ends("odd_word", "as far as"),
		"think":     ends("stop", "<thi", "nk>\nLet me", " see.\n</think", ">\n\nFo", "ur."),
		"template":  ends("stop", "Let me see.\n</thi", "nk>\n\nFour."),
		"one-model": oneModel, "revoked": revoked, "wait-days": waitDays, "stray": stray, "mirror": mirror,
		"parrot": parrot, "apart": apart,
	}
	refuses := map[string]bool{"echo-key": true, "escapes": true, "redirect": true, "html": true, "one-model": true}
	kind := kinds[args[1]]
	if kind == nil {
		ts.Fatalf("no relay of the kind %q", args[1])
	}
	f := &faulty{}
	f.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			f.served.Add(1)
			kind(f, w, r)
		case refuses[args[1]]:
			kind(f, w, r)
		default:
			http.NotFound(w, r) // it lists neither models nor prices
		}
	}))
	stageOf(ts).relays[args[0]] = f
	ts.Setenv(args[0], f.server.URL+"/v1")
}

// echoKey refuses every key and quotes it in its error, as some relays do.
func echoKey(_ *faulty, w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Authorization")
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Echo", key)
	w.WriteHeader(http.StatusUnauthorized)
	message, _ := json.Marshal(fmt.Sprintf("Incorrect API key provided: %s (%s)", strings.TrimPrefix(key, "Bearer "), key))
	fmt.Fprintf(w, `{"error":{"message":%s,"type":"invalid_request_error","code":"invalid_api_key"}}`, message)
}

// waitOnce asks for a short wait, then answers.
func waitOnce(f *faulty, w http.ResponseWriter, _ *http.Request) {
	if f.served.Load() == 1 {
		w.Header().Set("Retry-After", "0.4")
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, `{"error":{"message":"Rate limit reached for requests",`+
			`"type":"requests","code":"rate_limit_exceeded"}}`)
		return
	}
	stream(w, "after the wait")
	end(w, "stop")
}

func stream(w http.ResponseWriter, pieces ...string) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, p := range pieces {
		text, _ := json.Marshal(p) // a string
		fmt.Fprintf(w, "data: {\"id\":\"c1\",\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":%s}}]}\n\n",
			text)
		w.(http.Flusher).Flush()
	}
}

func end(w http.ResponseWriter, finish string) {
	fmt.Fprint(w, "data: {\"id\":\"c1\",\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\""+
		finish+"\"}]}\n\n"+
		"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\ndata: "+
		"[DONE]\n\n")
}

// endless streams until the client is gone.
func endless(_ *faulty, w http.ResponseWriter, r *http.Request) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		stream(w, "more ")
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

// apart puts more between two tokens than the buffers of a connection hold: when the second one is sent, the first
// one was read.
func apart(_ *faulty, w http.ResponseWriter, _ *http.Request) {
	const between = 16 << 20
	stream(w, "one ")
	comment := ": " + strings.Repeat("-", 1021) + "\n"
	for range between / len(comment) {
		if _, err := io.WriteString(w, comment); err != nil {
			return // the client is gone
		}
	}
	stream(w, "two")
	end(w, "stop")
}

// stall begins an answer, then sends only comments.
func stall(_ *faulty, w http.ResponseWriter, r *http.Request) {
	stream(w, "half ", "an answer")
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		fmt.Fprint(w, ": ping\n\n")
		w.(http.Flusher).Flush()
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

// cut closes the connection in the middle of the answer.
func cut(_ *faulty, w http.ResponseWriter, _ *http.Request) {
	stream(w, "half ", "an answer")
	panic(http.ErrAbortHandler)
}

// escapes answers with what acts on a terminal: title, clipboard, colours, a device string that never ends, C1, bidi.
func escapes(_ *faulty, w http.ResponseWriter, _ *http.Request) {
	stream(w, "a\x1b]0;owned\x07b\x1b", "[31mred", "\x1b]52;c;aGk=\x1b\\c\u009b2Jd\u202ee\x1bPq", "\x07\x08f")
	end(w, "stop")
}

// ends answers, with a finish reason.
func ends(finish string, pieces ...string) func(*faulty, http.ResponseWriter, *http.Request) {
	return func(_ *faulty, w http.ResponseWriter, _ *http.Request) {
		stream(w, pieces...)
		end(w, finish)
	}
}

// oneModel has only deepseek-v3.2.
func oneModel(_ *faulty, w http.ResponseWriter, r *http.Request) {
	var asked struct{ Model string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err == nil && asked.Model == "deepseek-v3.2" {
		stream(w, "by another")
		end(w, "stop")
		return
	}
	w.WriteHeader(http.StatusNotFound)
	fmt.Fprint(w, `{"error":{"message":"The model does not exist",`+
		`"type":"invalid_request_error","code":"model_not_found"}}`)
}

// revoked accepts every key for three answers, then only a new one.
func revoked(f *faulty, w http.ResponseWriter, r *http.Request) {
	if f.served.Load() > 3 && r.Header.Get("Authorization") != "Bearer sk-new" {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":{"message":"This key was revoked","type":"invalid_request_error","code":"invalid_api_key"}}`)
		return
	}
	stream(w, "well")
	end(w, "stop")
}

// waitDays asks one request for a wait of ten days, and answers all others.
func waitDays(f *faulty, w http.ResponseWriter, _ *http.Request) {
	if f.served.Load() == 4 {
		w.Header().Set("Retry-After", "900000")
		w.WriteHeader(http.StatusTooManyRequests)
		fmt.Fprint(w, `{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}`)
		return
	}
	stream(w, "well")
	end(w, "stop")
}

// stray refuses the key once.
func stray(f *faulty, w http.ResponseWriter, _ *http.Request) {
	if f.served.Load() == 4 {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":{"message":"Try that again","type":"invalid_request_error","code":"invalid_api_key"}}`)
		return
	}
	stream(w, "well")
	end(w, "stop")
}

// redirect points to a server that the key must not be sent to.
func redirect(_ *faulty, w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "http://elsewhere.example/v1/chat/completions", http.StatusTemporaryRedirect)
}

// html answers with the page of a gateway and status 200.
func html(_ *faulty, w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprint(w, "<html><head><title>Sign in to the network</title></head><body>please</body></html>")
}

// cmdServed waits until a faulty relay has received a number of requests: until-served URL 2
func cmdServed(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	poll(ts, args[0]+" gets request "+args[1], func() bool { return stageOf(ts).relays[args[0]].served.Load() >= want })
}
