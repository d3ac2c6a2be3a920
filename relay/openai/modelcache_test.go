package openai

import (
	"testing"
	"time"

	"relaytop/relay"
)

// TestModelsAreAskedForOnce: prices and models are on one page.
func TestModelsAreAskedForOnce(t *testing.T) {
	for status, asked := range map[int]int{200: 1, 404: 1, 503: 3} {
		s := serve(t, false, func(int) string {
			return response(status, "Content-Type: application/json\r\n",
				`{"data":[{"id":"m","pricing":{"prompt":"1","completion":"1"}}]}`)
		})
		c := client(t, relay.Endpoint{BaseURL: s.url}, Options{})
		_, _ = c.PriceList(t.Context())
		for range 2 {
			if list, err := c.Models(t.Context()); len(list) == 1 != (status == 200) || err != nil == (status == 200) {
				t.Errorf("%d: %+v %v", status, list, err)
			}
		}
		count := func() (n int) {
			for _, r := range s.seen() {
				if r.path == "/v1/models" {
					n++
				}
			}
			return n
		}
		if n := count(); n != asked {
			t.Errorf("%d: asked %d times, want %d", status, n, asked)
		}
		c.models.at = time.Now().Add(-modelsFresh)
		if _, _ = c.Models(t.Context()); count() != asked+1 {
			t.Errorf("%d: an old list still answers", status)
		}
	}
}

func TestWindowIsThatOfTheRelay(t *testing.T) {
	s := serve(t, false, func(int) string {
		return response(200, "Content-Type: application/json\r\n", `{"data":[{"id":"m","context_length":8000},{"id":"n"}]}`)
	})
	store := &memoryStore{}
	c := client(t, relay.Endpoint{BaseURL: s.url}, Options{Store: store})
	check := func(c *Client, model string, want int64) {
		t.Helper()
		if w, ok := c.ContextWindow(model); w != want || ok != (want > 0) {
			t.Errorf("%s: %d %v, want %d", model, w, ok, want)
		}
	}
	check(c, "m", 0)
	if _, err := c.Models(t.Context()); err != nil {
		t.Fatal(err)
	}
	check(c, "m", 8000)
	check(c, "n", 0)
	check(client(t, relay.Endpoint{BaseURL: s.url}, Options{Store: store}), "m", 8000) // another run of the program
	check(client(t, relay.Endpoint{BaseURL: "http://127.0.0.1:9/v1"}, Options{Store: store}), "m", 0)
	check(client(t, relay.Endpoint{BaseURL: s.url}, Options{}), "m", 0)
}
