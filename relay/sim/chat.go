package sim

import (
	"errors"
	"io"
	"net/http"
	"time"
)

func (s *Server) chat(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			writeError(w, http.StatusRequestEntityTooLarge,
				apiError{Message: "Request body too large", Type: "invalid_request_error"})
			return
		}
		s.left(w)
		return
	}
	req, wrong := parseRequest(body)
	if wrong != nil {
		writeError(w, http.StatusBadRequest, *wrong)
		return
	}
	req.seed = s.opts.Seed
	req.Order, req.Nth = s.counts.prompt(req.Prompt)
	edits, scripted := s.script.match(req)
	var known bool
	if req.model, known = s.table[req.Model]; !known && !scripted {
		writeError(w, http.StatusNotFound, unknownModel(req.Model))
		return
	}
	if !known {
		req.model = Models()[0]
	}
	p := s.refusal(req)
	if p == nil {
		if !s.slots.take() {
			p = s.full()
		} else {
			defer s.slots.give()
			if !scripted {
				edits = s.roll(req)
			}
			p = s.compose(req, edits)
		}
	}
	s.limitHeaders(w.Header())
	if p.Fault != "" {
		s.counts.fault(p.Fault)
	}
	st, whole := perform(r.Context(), w, p, start)
	s.counts.played(req, st, whole)
	if !whole {
		s.left(w)
		// The connection is closed: the end of the response would not be read.
		panic(http.ErrAbortHandler)
	}
}

// compose makes the response to a request: the regular answer, changed by the edits, first its content, then how it
// is sent.
func (s *Server) compose(r *Request, edits []Edit) *Play {
	a := s.answer(r)
	for _, e := range edits {
		if e.Answer != nil {
			e.Answer(r, a)
		}
	}
	p := s.encode(r, a)
	for _, e := range edits {
		if e.Play != nil {
			e.Play(r, p)
		}
		if e.Fault != "" {
			p.Fault = e.Fault
		}
	}
	return p
}

// refusal returns the response to a request that is refused before any model is asked; nil: it is not.
func (s *Server) refusal(r *Request) *Play {
	if wait, ok := s.bucket.take(); !ok {
		return rateLimited(r.Model, s.opts.RPM, wait)
	}
	tokens := 0
	for _, m := range r.Prefix {
		tokens += CountTokens(m)
	}
	if tokens > r.model.Context {
		return errorPlay(http.StatusBadRequest, contextLength(r.model.Context, tokens))
	}
	return nil
}
