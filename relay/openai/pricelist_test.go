package openai

import (
	"strings"
	"testing"

	"relaytop/relay"
)

func TestPriceList(t *testing.T) {
	const jsonType = "Content-Type: application/json\r\n"
	newAPI := `{"data":[{"model_name":"m","model_ratio":1}]}`
	for name, c := range map[string]struct {
		models, pricing string
		want            string
		fails           bool
		asked           int
	}{
		"in the models": {response(200, jsonType, `{"data":[{"id":"m","pricing":{"prompt":"1"}},{"id":"n"}]}`), "",
			`{"data":[{"id":"m","pricing":{"prompt":"1"}}]}`, false, 1},
		"beside the API": {response(200, jsonType, `{"data":[{"id":"m"}]}`), response(200, jsonType, newAPI),
			newAPI, false, 2},
		"no models, a list": {response(404, jsonType, `{}`), response(200, jsonType, newAPI), newAPI, false, 2},
		"none":              {response(200, jsonType, `{"data":[{"id":"m"}]}`), response(404, "", "no"), "", false, 2},
		"a page": {response(200, jsonType, `{"data":[{"id":"m"}]}`),
			response(200, "Content-Type: text/html\r\n", "<html>hi"), "", false, 2},
		"a login": {response(200, jsonType, `{"data":[{"id":"m"}]}`), response(302, "Location: /login\r\n", ""),
			"", false, 2},
		"something else": {response(200, jsonType, `{"data":[{"id":"m"}]}`),
			response(200, jsonType, `{"success":false,"data":[]}`), "", false, 2},
		"the key is refused":  {response(401, jsonType, `{"error":{"message":"no"}}`), "", "", true, 1},
		"the connection ends": {response(200, jsonType, `{"data":[{"id":"m"}]}`), "", "", true, 2},
	} {
		s := serve(t, false, func(n int) string { return []string{c.models, c.pricing, c.pricing}[n] })
		raw, err := client(t, relay.Endpoint{BaseURL: s.url, Key: "k"}, Options{}).PriceList(t.Context())
		if string(raw) != c.want || (err != nil) != c.fails {
			t.Errorf("%s: %s %v", name, raw, err)
		}
		reqs := s.seen()
		if len(reqs) < c.asked || reqs[0].path != "/v1/models" || c.asked > 1 && reqs[1].path != "/api/pricing" {
			t.Errorf("%s: asked %d times, %+v", name, len(reqs), reqs)
		}
	}
}

func TestPriceListBelowAPath(t *testing.T) {
	s := serve(t, false, func(int) string { return response(404, "", "") })
	url := strings.TrimSuffix(s.url, "/v1") + "/proxy/v1"
	if raw, err := client(t, relay.Endpoint{BaseURL: url}, Options{}).PriceList(t.Context()); raw != nil || err != nil {
		t.Errorf("%s %v", raw, err)
	}
	if path := s.seen()[1].path; path != "/proxy/api/pricing" {
		t.Errorf("asked for %s", path)
	}
}
