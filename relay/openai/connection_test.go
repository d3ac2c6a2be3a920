package openai

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"relaytop/relay"
)

func TestConnectionsAreUsedAgain(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, events(content("Hi"), finish("stop"), "[DONE]"))
	}))
	defer srv.Close()
	c := client(t, relay.Endpoint{BaseURL: srv.URL}, Options{})
	for i := range 3 {
		r := c.Send(t.Context(), ask(), nil)
		if r.Status != relay.StatusOK || r.Timing.Conn.IsZero() != (i > 0) {
			t.Fatalf("request %d: %s, connected at %v", i, r.Status, r.Timing.Conn)
		}
	}
}

func TestModels(t *testing.T) {
	for body, want := range map[string]Model{
		`{"data":[{"id":"a","context_length":8192,"pricing":{"prompt":"0.1"}}]}`: {ID: "a", Context: 8192,
			Pricing: json.RawMessage(`{"prompt":"0.1"}`)},
		`[{"id":"a","owned_by":"x"}]`: {ID: "a", Owner: "x"},
		`{"models":["a"]}`:            {ID: "a"},
	} {
		s := serve(t, false, func(int) string { return response(200, "", body) })
		list, err := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Models(t.Context())
		if err != nil || len(list) != 1 || list[0].ID != want.ID || list[0].Context != want.Context ||
			list[0].Owner != want.Owner || string(list[0].Pricing) != string(want.Pricing) {
			t.Errorf("%s: %+v, %v", body, list, err)
		}
	}
	s := serve(t, false, func(int) string { return response(404, "", "404 page not found") })
	_, err := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Models(t.Context())
	var e *relay.Error
	if !errors.As(err, &e) || e.Status != 404 {
		t.Fatalf("got %v", err)
	}
	s = serve(t, false, func(int) string { return response(200, "", "") })
	_, err = client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Models(t.Context())
	if !errors.As(err, &e) || e.Message != "no list of models: the body is empty" {
		t.Fatalf("an empty body: %v", err)
	}
}
