package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// maxFile is the largest file that is taken, in bytes.
const maxFile = 512 << 20

// batchState is the state of a batch in OpenAI's words.
type batchState string

const (
	batchValidating batchState = "validating"
	batchInProgress batchState = "in_progress"
	batchFinalizing batchState = "finalizing"
	batchCancelling batchState = "cancelling"
	batchCompleted  batchState = "completed"
	batchFailed     batchState = "failed"
	batchExpired    batchState = "expired"
	batchCancelled  batchState = "cancelled"
)

func (s batchState) final() bool {
	return s == batchCompleted || s == batchFailed || s == batchExpired || s == batchCancelled
}

// batches is the provider's side of /files and /batches.
type batches struct {
	mu    sync.Mutex
	odd   BatchOddities
	files map[string]*storedFile
	list  []*batch // in the order in which they were created
	count batchCounts
}

// batchCounts number the requests of a kind, so that an oddity can apply to the first few of them.
type batchCounts struct{ created, uploaded, listed, downloaded, files int }

// batch is one batch. It moves on when it is asked for.
type batch struct {
	id       string
	input    *storedFile
	endpoint string
	metadata map[string]string
	state    batchState
	since    time.Time // of the state
	created  time.Time
	polls    int // since it is final
	rows     []batchRow
	done     int // rows that have their answer
	output   string
	errors   string
}

// BatchInfo is a batch as a test sees it.
type BatchInfo struct {
	ID       string
	State    string
	Metadata map[string]string
	IDs      []string // custom_ids of its rows, in the order of the file
}

// Batches are the batches that were created, in order.
func (s *Server) Batches() []BatchInfo {
	b := &s.batches
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]BatchInfo, 0, len(b.list))
	for _, x := range b.list {
		info := BatchInfo{ID: x.id, State: string(x.state), Metadata: x.metadata}
		for _, r := range x.rows {
			info.IDs = append(info.IDs, r.CustomID)
		}
		out = append(out, info)
	}
	return out
}

// handleBatches adds the paths of /files and /batches.
func (s *Server) handleBatches(mux *http.ServeMux) {
	paths := map[string]http.HandlerFunc{
		"POST /v1/files":               s.upload,
		"GET /v1/files":                s.listFiles,
		"GET /v1/files/{id}":           s.file,
		"GET /v1/files/{id}/content":   s.content,
		"POST /v1/batches":             s.createBatch,
		"GET /v1/batches":              s.listBatches,
		"GET /v1/batches/{id}":         s.batch,
		"POST /v1/batches/{id}/cancel": s.cancelBatch,
		"DELETE /v1/files/{id}":        s.deleteFile,
	}
	for pattern, handle := range paths {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if status := s.batches.oddities().Status; status != 0 {
				writeError(w, status, apiError{Message: "Batches are not offered here", Type: "invalid_request_error"})
				return
			}
			handle(w, r)
		})
	}
}

func (s *Server) createBatch(w http.ResponseWriter, r *http.Request) {
	var order struct {
		Input    string            `json:"input_file_id"`
		Endpoint string            `json:"endpoint"`
		Metadata map[string]string `json:"metadata"`
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		s.left(w)
		return
	}
	if err := json.Unmarshal(raw, &order); err != nil {
		writeError(w, http.StatusBadRequest, apiError{Message: err.Error(), Type: "invalid_request_error"})
		return
	}
	b := &s.batches
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count.created++
	if b.odd.RefuseCreates >= b.count.created {
		writeError(w, cmp.Or(b.odd.RefuseStatus, http.StatusTooManyRequests),
			apiError{Message: "Enqueued token limit reached", Type: "requests", Code: "token_limit_exceeded"})
		return
	}
	in := b.files[order.Input]
	if in == nil {
		writeError(w, http.StatusBadRequest, apiError{Message: "No such File object: " + order.Input,
			Type: "invalid_request_error", Param: "input_file_id"})
		return
	}
	now := time.Now()
	x := &batch{id: fmt.Sprintf("batch_%08x%04d", hash(order.Input+in.name)&0xffffffff, len(b.list)+1), input: in,
		endpoint: order.Endpoint, metadata: order.Metadata, state: batchValidating, since: now, created: now}
	x.rows = in.rows()
	b.list = append(b.list, x)
	if b.odd.LoseCreates >= b.count.created {
		panic(http.ErrAbortHandler) // it is created, and the client never learns of it
	}
	writeJSON(w, http.StatusOK, b.object(x))
}

func (s *Server) batch(w http.ResponseWriter, r *http.Request) {
	b := &s.batches
	b.mu.Lock()
	defer b.mu.Unlock()
	x := b.find(r.PathValue("id"))
	if x == nil || b.odd.Forget {
		writeError(w, http.StatusNotFound, apiError{Message: "No such Batch: " + r.PathValue("id"),
			Type: "invalid_request_error", Code: "batch_not_found"})
		return
	}
	s.advance(x)
	writeJSON(w, http.StatusOK, b.object(x))
}

func (b *batches) find(id string) *batch {
	if i := slices.IndexFunc(b.list, func(x *batch) bool { return x.id == id }); i >= 0 {
		return b.list[i]
	}
	return nil
}

func (s *Server) cancelBatch(w http.ResponseWriter, r *http.Request) {
	b := &s.batches
	b.mu.Lock()
	defer b.mu.Unlock()
	x := b.find(r.PathValue("id"))
	if x == nil {
		writeError(w, http.StatusNotFound, apiError{Message: "No such Batch", Type: "invalid_request_error"})
		return
	}
	if x.state.final() {
		writeError(w, http.StatusConflict, apiError{Message: "Cannot cancel a batch with status " + string(x.state),
			Type: "invalid_request_error"})
		return
	}
	x.to(batchCancelling)
	writeJSON(w, http.StatusOK, b.object(x))
}

// listBatches lists the newest first, page by page.
func (s *Server) listBatches(w http.ResponseWriter, r *http.Request) {
	b := &s.batches
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count.listed++
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 {
		limit = 20
	}
	list := slices.Clone(b.list)
	slices.Reverse(list)
	if b.odd.HideLists >= b.count.listed {
		list = nil
	}
	if after := r.URL.Query().Get("after"); after != "" && !b.odd.IgnoreAfter {
		i := slices.IndexFunc(list, func(x *batch) bool { return x.id == after })
		list = list[i+1:]
	}
	more := len(list) > limit
	list = list[:min(len(list), limit)]
	data := []any{}
	for _, x := range list {
		data = append(data, b.object(x))
	}
	writeJSON(w, http.StatusOK, map[string]any{"object": "list", "data": data, "has_more": more})
}
