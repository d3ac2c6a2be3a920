package sim

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"sync"
)

// Stats counts what the relay received and sent since it was started. It is flat, as its JSON is.
type Stats struct {
	Requests  int64                `json:"requests"` // on all paths but /sim/stats
	Open      int64                `json:"open"`     // being answered now
	Peak      int64                `json:"peak"`     // the most at the same time
	Streams   int64                `json:"streams"`  // chat requests that asked for one
	Chunks    int64                `json:"chunks"`
	Complete  int64                `json:"complete"`  // chat responses sent to their end
	Cancelled int64                `json:"cancelled"` // the client closed the connection first
	Refused   int64                `json:"auth_failures"`
	BytesIn   int64                `json:"bytes_in"` // bodies only
	BytesOut  int64                `json:"bytes_out"`
	Statuses  map[string]int64     `json:"statuses"`
	Faults    map[string]int64     `json:"faults"` // played, by name
	Paths     map[string]PathStats `json:"paths"`  // by "POST /v1/chat/completions"
	Distinct  int64                `json:"distinct_prompts"`
	Repeated  int64                `json:"repeated_prompts"` // prompts that came more than once
	Prompts   map[string]int64     `json:"prompts,omitempty"`
}

// PathStats is what one method and path received.
type PathStats struct {
	Requests  int64 `json:"requests"`
	Open      int64 `json:"open"`
	Peak      int64 `json:"peak"`
	Cancelled int64 `json:"cancelled"`
	BytesIn   int64 `json:"bytes_in"`
	BytesOut  int64 `json:"bytes_out"`
}

// maxPaths bounds the table, because a client may make up paths.
const maxPaths = 64

type counters struct {
	mu      sync.Mutex
	all     Stats
	order   int
	paths   map[string]*PathStats
	prompts map[uint64]int64
}

// begin counts a request as open; the returned function ends that.
func (c *counters) begin(r *http.Request) func(w *countWriter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := r.Method + " " + r.URL.Path
	if c.paths == nil {
		c.paths, c.prompts = map[string]*PathStats{}, map[uint64]int64{}
		c.all.Statuses, c.all.Faults = map[string]int64{}, map[string]int64{}
	}
	if c.paths[key] == nil && len(c.paths) >= maxPaths {
		key = "other"
	}
	p := c.paths[key]
	if p == nil {
		p = &PathStats{}
		c.paths[key] = p
	}
	p.Requests, p.Open = p.Requests+1, p.Open+1
	p.Peak = max(p.Peak, p.Open)
	c.all.Requests, c.all.Open = c.all.Requests+1, c.all.Open+1
	c.all.Peak = max(c.all.Peak, c.all.Open)
	return func(w *countWriter) {
		c.mu.Lock()
		defer c.mu.Unlock()
		p.Open--
		c.all.Open--
		p.BytesIn, p.BytesOut = p.BytesIn+w.in, p.BytesOut+w.out
		c.all.BytesIn, c.all.BytesOut = c.all.BytesIn+w.in, c.all.BytesOut+w.out
		if w.left {
			p.Cancelled++
			c.all.Cancelled++
		}
		if w.status != 0 {
			c.all.Statuses[fmt.Sprint(w.status)]++
		}
	}
}

// prompt counts a prompt. It returns the number of the request among all chat requests, and among those with this
// prompt, from 1.
func (c *counters) prompt(prompt string) (order, nth int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.order++
	h := hash(prompt)
	c.prompts[h]++
	if c.prompts[h] == 2 {
		c.all.Repeated++
	}
	return c.order, int(c.prompts[h])
}

func (c *counters) refused() {
	c.mu.Lock()
	c.all.Refused++
	c.mu.Unlock()
}

func (c *counters) fault(name string) {
	c.mu.Lock()
	c.all.Faults[name]++
	c.mu.Unlock()
}

func (c *counters) played(r *Request, s *stage, whole bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all.Chunks += int64(s.count)
	if r.Stream {
		c.all.Streams++
	}
	if whole {
		c.all.Complete++
	}
}

// Stats returns a copy of the counts.
func (s *Server) Stats() Stats {
	c := &s.counts
	c.mu.Lock()
	defer c.mu.Unlock()
	out := c.all
	out.Statuses, out.Faults = maps.Clone(c.all.Statuses), maps.Clone(c.all.Faults)
	out.Paths = map[string]PathStats{}
	for k, p := range c.paths {
		out.Paths[k] = *p
	}
	out.Distinct = int64(len(c.prompts))
	out.Prompts = make(map[string]int64, len(c.prompts))
	for h, n := range c.prompts {
		out.Prompts[fmt.Sprintf("%016x", h)] = n
	}
	return out
}

// stats serves the counts. The prompts come only with ?prompts=1: after a long run they are megabytes.
func (s *Server) stats(w http.ResponseWriter, r *http.Request) {
	out := s.Stats()
	if r.URL.Query().Get("prompts") == "" {
		out.Prompts = nil
	}
	writeJSON(w, http.StatusOK, out)
}

// countWriter counts the bytes sent and remembers the status.
type countWriter struct {
	http.ResponseWriter
	in, out int64
	status  int
	left    bool
}

func (w *countWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *countWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.out += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController find Flush and Hijack.
func (w *countWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

type countReader struct {
	io.ReadCloser
	n *int64
}

func (r *countReader) Read(b []byte) (int, error) {
	n, err := r.ReadCloser.Read(b)
	*r.n += int64(n)
	return n, err
}
