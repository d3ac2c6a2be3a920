package relay

import "testing"

func TestEstimateTokens(t *testing.T) {
	for text, want := range map[string]int64{
		"": 0, "a": 1, "abcd": 1, "Explain quantum entanglement in one paragraph.": 12, "漢字漢字": 3, "việt": 2, "👍": 1,
	} {
		if got := EstimateTokens(text); got != want {
			t.Errorf("%q: %d tokens, want %d", text, got, want)
		}
	}
}
