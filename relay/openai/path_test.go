package openai

import (
	"context"
	"strings"
	"testing"

	"relaytop/relay"
)

// The advice about a path that is not there never names what the base URL already has.
func TestAdviceOnAPathKnowsTheURL(t *testing.T) {
	for path, advised := range map[string]bool{"/v1": false, "/v1/": false, "/api/v1": false, "/api": true,
		"/openai": true, "/.": true} {
		s := serve(t, false, func(int) string { return response(404, "", "404 page not found") })
		base := strings.TrimSuffix(s.url, "/v1") + path
		c := client(t, relay.Endpoint{BaseURL: base}, Options{})
		r := c.Send(context.Background(), ask(), func(relay.Event) {})
		if r.Err == nil || r.Err.Status != 404 {
			t.Fatalf("%s: %+v", path, r.Err)
		}
		if got := r.Err.Advice(); strings.Contains(got, "usually ends in /v1") != advised ||
			!strings.Contains(got, "below http://127.0.0.1:") {
			t.Errorf("%s: %q", path, got)
		}
	}
}
