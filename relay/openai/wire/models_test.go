package wire

import "testing"

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
		list, err := ReadModels([]byte(`{"models":[{"name":"other"}],"data":[` + entry + `]}`))
		if err != nil || len(list) != 1 || list[0].ID != "m" || list[0].Context != 32768 {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
	}
}

// FuzzReadModels: every model has a name, and no window is negative.
func FuzzReadModels(f *testing.F) {
	f.Add([]byte(`{"data":[{"id":"m","context_length":"12"},"n",{"id":3}]}`))
	f.Add([]byte(`[{"name":"m","meta":{"n_ctx_train":-1}}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := ReadModels(body)
		for _, m := range list {
			if m.ID == "" || m.Context < 0 || err != nil {
				t.Fatalf("%q: %+v, %v", body, m, err)
			}
		}
	})
}
