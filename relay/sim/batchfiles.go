package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"
)

// storedFile is an uploaded file, or one that a batch wrote.
type storedFile struct {
	id, name, purpose string
	data              []byte
	created           time.Time
}

// rows are the rows of an uploaded file. A line that is no row has no custom_id.
func (f *storedFile) rows() []batchRow {
	var out []batchRow
	for line := range bytes.Lines(f.data) {
		var r batchRow
		if len(bytes.TrimSpace(line)) > 0 {
			_ = json.Unmarshal(line, &r) // what can't be read is a row that fails
			out = append(out, r)
		}
	}
	return out
}

func (f *storedFile) object() map[string]any {
	return map[string]any{"id": f.id, "object": "file", "bytes": len(f.data), "created_at": f.created.Unix(),
		"filename": f.name, "purpose": f.purpose, "status": "processed"}
}

// store keeps a file. The lock is held.
func (b *batches) store(name, purpose, data string) *storedFile {
	b.count.files++
	f := &storedFile{id: fmt.Sprintf("file-sim%06d", b.count.files), name: name, purpose: purpose, data: []byte(data),
		created: time.Now()}
	if b.files == nil {
		b.files = map[string]*storedFile{}
	}
	b.files[f.id] = f
	return f
}

func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	form, err := r.MultipartReader()
	if err != nil {
		writeError(w, http.StatusBadRequest, apiError{Message: err.Error(), Type: "invalid_request_error"})
		return
	}
	name, purpose, data := "", "", []byte(nil)
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			s.left(w)
			return
		}
		raw, err := io.ReadAll(part)
		if err != nil {
			s.left(w)
			return
		}
		switch part.FormName() {
		case "purpose":
			purpose = string(raw)
		case "file":
			name, data = part.FileName(), raw
		}
	}
	if purpose != "batch" || len(data) == 0 {
		writeError(w, http.StatusBadRequest, apiError{Message: "a file and the purpose batch are required",
			Type: "invalid_request_error", Param: "purpose"})
		return
	}
	b := &s.batches
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count.uploaded++
	f := b.store(name, purpose, string(data))
	if b.odd.LoseUploads >= b.count.uploaded {
		panic(http.ErrAbortHandler)
	}
	writeJSON(w, http.StatusOK, f.object())
}

func (s *Server) listFiles(w http.ResponseWriter, _ *http.Request) {
	b := &s.batches
	b.mu.Lock()
	defer b.mu.Unlock()
	data := []any{}
	for _, id := range slices.Sorted(maps.Keys(b.files)) {
		data = append(data, b.files[id].object())
	}
	writeJSON(w, http.StatusOK, map[string]any{"object": "list", "data": data, "has_more": false})
}

// stored finds a file, or answers that there is none.
func (s *Server) stored(w http.ResponseWriter, r *http.Request) *storedFile {
	b := &s.batches
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.files[r.PathValue("id")]
	if f == nil {
		writeError(w, http.StatusNotFound, apiError{Message: "No such File object: " + r.PathValue("id"),
			Type: "invalid_request_error"})
	}
	return f
}

func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	if f := s.stored(w, r); f != nil {
		writeJSON(w, http.StatusOK, f.object())
	}
}

func (s *Server) deleteFile(w http.ResponseWriter, r *http.Request) {
	f := s.stored(w, r)
	if f == nil {
		return
	}
	s.batches.mu.Lock()
	delete(s.batches.files, f.id)
	s.batches.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"id": f.id, "object": "file", "deleted": true})
}

// content sends a file: the first few times only a part of it, if an oddity says so.
func (s *Server) content(w http.ResponseWriter, r *http.Request) {
	f := s.stored(w, r)
	if f == nil {
		return
	}
	b := &s.batches
	b.mu.Lock()
	b.count.downloaded++
	data := f.data
	switch n := b.count.downloaded; {
	case n <= b.odd.CutDownloads:
		data = data[:len(data)*2/3]
	case n <= b.odd.ShortDownloads:
		data = data[:bytes.LastIndexByte(data[:len(data)*2/3], '\n')+1]
	case n <= b.odd.BrokenDownloads:
		b.mu.Unlock()
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		_, _ = w.Write(data[:len(data)/2]) // the rest never comes
		panic(http.ErrAbortHandler)
	}
	b.mu.Unlock()
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(data) // a client that has left needs no answer
}
