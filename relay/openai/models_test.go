package openai

import (
	"strings"
	"testing"

	"relaytop/relay"
)

// TestTheAPIAtTheRoot asks a server whose paths do not begin with /v1.
func TestTheAPIAtTheRoot(t *testing.T) {
	s := serve(t, false, func(int) string { return response(404, "", "") })
	c := client(t, relay.Endpoint{BaseURL: strings.TrimSuffix(s.url, "/v1") + "/."}, Options{})
	_ = c.Send(t.Context(), ask(), nil) // only the paths matter
	_, _ = c.PriceList(t.Context())
	for i, want := range []string{"/chat/completions", "/models", "/api/pricing"} {
		if got := s.seen(); len(got) <= i || got[i].path != want {
			t.Errorf("request %d: %+v, not %s", i, got, want)
		}
	}
}
