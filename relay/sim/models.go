package sim

import (
	"net/http"
	"time"

	"relaytop/relay"
)

// Model is one of the models that the relay pretends to have.
type Model struct {
	ID      string
	Owner   string
	Context int           // tokens of the window
	MaxOut  int           // tokens of one answer
	Price   relay.Money   // per million tokens, one rate for input and output
	TTFT    time.Duration // median; the spread around it is log-normal
	Spread  float64       // sigma of that
	ITL     time.Duration // between two tokens
	Jitter  float64       // of ITL, as a fraction
	Length  float64       // the share of a long answer that it gives: 1 is all
	Thinks  string        // the field of the delta for its reasoning; "": it does not reason
}

// Models returns the models that the relay has, the largest first.
func Models() []Model {
	const ms = time.Millisecond
	return []Model{
		{"gpt-4.1", "openai", 1_047_576, 32_768, 8 * relay.USD, 420 * ms, 0.28, 13 * ms, 0.30, 0.85, ""},
		{"gpt-4.1-mini", "openai", 1_047_576, 32_768, 2 * relay.USD, 260 * ms, 0.25, 8 * ms, 0.30, 0.60, ""},
		{"claude-sonnet-4.5", "anthropic", 200_000, 64_000, 15 * relay.USD, 640 * ms, 0.22, 15 * ms, 0.25, 1.00, "reasoning"},
		{"gemini-2.5-flash", "google", 1_048_576, 65_536, 250 * relay.USD / 100, 230 * ms, 0.35, 6 * ms, 0.40, 0.70,
			"reasoning"},
		{"deepseek-v3.2", "deepseek", 131_072, 8_192, 42 * relay.USD / 100, 560 * ms, 0.40, 19 * ms, 0.35, 0.90,
			"reasoning_content"},
	}
}

func modelTable() map[string]Model {
	table := map[string]Model{}
	for _, m := range Models() {
		table[m.ID] = m
	}
	return table
}

// created is a fixed date, so that two runs of one seed list the same bytes.
const created = 1_767_225_600 // 2026-01-01

func (s *Server) models(w http.ResponseWriter, _ *http.Request) {
	data := []any{}
	for _, m := range Models() {
		data = append(data, m.listing())
	}
	writeJSON(w, http.StatusOK, map[string]any{"object": "list", "data": data})
}

func (s *Server) model(w http.ResponseWriter, r *http.Request) {
	m, ok := s.table[r.PathValue("id")]
	if !ok {
		writeError(w, http.StatusNotFound, unknownModel(r.PathValue("id")))
		return
	}
	writeJSON(w, http.StatusOK, m.listing())
}

func (m Model) listing() map[string]any {
	token := perToken(m.Price)
	return map[string]any{
		"id": m.ID, "object": "model", "created": created, "owned_by": m.Owner, "name": m.ID,
		"context_length": m.Context,
		"top_provider":   map[string]any{"context_length": m.Context, "max_completion_tokens": m.MaxOut},
		"pricing":        map[string]string{"prompt": token, "completion": token, "request": "0"},
	}
}
