package sim

import (
	"io"
	"net/http"
	"sync"
)

// documents are what the relay answers to GET requests instead of its regular answers.
type documents struct {
	mu     sync.Mutex
	bodies map[string]func() string
}

// Publish answers GET requests for a path, such as "/v1/models" or "/api/pricing", with a JSON document: what body
// returns at that time. It may be called from any goroutine.
func (s *Server) Publish(path string, body func() string) {
	s.documents.mu.Lock()
	defer s.documents.mu.Unlock()
	if s.documents.bodies == nil {
		s.documents.bodies = map[string]func() string{}
	}
	s.documents.bodies[path] = body
}

// serve answers a request for a published document; false: it is not one.
func (d *documents) serve(w http.ResponseWriter, r *http.Request) bool {
	d.mu.Lock()
	body := d.bodies[r.URL.Path]
	d.mu.Unlock()
	if body == nil || r.Method != http.MethodGet {
		return false
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, body()) // the client may have gone
	return true
}
