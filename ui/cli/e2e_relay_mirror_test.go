package cli_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// mirror answers with the body of the request, so that a script can check what was sent.
func mirror(_ *faulty, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	stream(w, string(body))
	end(w, "stop")
}

// parrot answers with the question, and quotes the key in the names of the answer.
func parrot(_ *faulty, w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Messages []struct{ Content string }
	}
	if json.NewDecoder(r.Body).Decode(&asked) != nil || len(asked.Messages) == 0 {
		http.Error(w, "no question", http.StatusBadRequest)
		return
	}
	key := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	answer := map[string]any{"role": "assistant", "content": asked.Messages[len(asked.Messages)-1].Content}
	w.Header().Set("X-Request-Id", "header-"+key)
	_ = json.NewEncoder(w).Encode(map[string]any{"id": "id-" + key, "model": "model-" + key, // the client may be gone
		"choices": []any{map[string]any{"index": 0, "message": answer, "finish_reason": "stop"}},
		"usage":   map[string]int{"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10}})
}
