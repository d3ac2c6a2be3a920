package openai

import (
	"strings"
	"testing"

	"relaytop/relay"
)

// TestContextWindows reads the window from each of the places where servers write it.
func TestContextWindows(t *testing.T) {
	for name, entry := range map[string]string{
		"vLLM":              `{"id":"m","max_model_len":32768}`,
		"Groq":              `{"id":"m","context_window":32768}`,
		"OpenRouter":        `{"id":"m","context_length":32768,"top_provider":{"context_length":16384}}`,
		"only the provider": `{"id":"m","context_length":null,"top_provider":{"context_length":32768}}`,
		"llama.cpp":         `{"id":"m","meta":{"vocab_type":2,"n_ctx_train":32768,"n_params":1543714304}}`,
		"a text for meta":   `{"id":"m","meta":"none","max_context_length":"32768"}`,
	} {
		list, err := readModels([]byte(`{"models":[{"name":"other"}],"data":[` + entry + `]}`))
		if err != nil || len(list) != 1 || list[0].ID != "m" || list[0].Context != 32768 {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
	}
}

// TestTheAPIAtTheRoot asks a server whose paths do not begin with /v1.
func TestTheAPIAtTheRoot(t *testing.T) {
	s := serve(t, false, func(int) string { return response(404, "", "") })
	c := client(t, relay.Endpoint{BaseURL: strings.TrimSuffix(s.url, "/v1") + "/."}, Options{})
	_ = c.Send(t.Context(), ask(), nil) // where it asks is looked at
	_, _ = c.PriceList(t.Context())
	for i, want := range []string{"/chat/completions", "/models", "/api/pricing"} {
		if got := s.seen(); len(got) <= i || got[i].path != want {
			t.Errorf("request %d: %+v, not %s", i, got, want)
		}
	}
}
