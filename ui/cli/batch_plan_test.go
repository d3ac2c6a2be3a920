package cli

import "testing"

// TestUnusedKey: the advice is about the key that is not read.
func TestUnusedKey(t *testing.T) {
	for _, tt := range []struct {
		key  string
		n    int
		want string
	}{
		{"model", 2, `key "model" in 2 rows is not used: ` +
			`to ask another model per row write an OpenAI batch line with a body`},
		{"seed", 1, `key "seed" in 1 row is not used: to set it per row write an OpenAI batch line with a body`},
		{"ID", 3, `key "ID" in 3 rows is not used: write id, in lower case`},
		{"messages", 1, `key "messages" in 1 row is not used: ` +
			`the row has a prompt or messages beside it; a template (--template) can read it`},
	} {
		if got := unusedKey(tt.key, tt.n); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}
