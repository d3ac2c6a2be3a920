package relay

import "testing"

func TestEstimateTokens(t *testing.T) {
	for text, want := range map[string]int64{
		"": 0, "a": 1, "abcd": 1, "Explain quantum entanglement in one paragraph.": 12, "漢字漢字": 3, "việt": 2, "👍": 1,
		"12345678": 2, "123456789": 3, "1234567é": 3, "12345678漢字漢字": 5,
	} {
		if got := EstimateTokens(text); got != want {
			t.Errorf("%q: %d tokens, want %d", text, got, want)
		}
	}
}
