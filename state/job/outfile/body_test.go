package outfile

import "testing"

func TestAnswersAreShownWhateverTheyAre(t *testing.T) {
	for body, want := range map[string][2]string{
		`{"choices":[{"message":{"content":"hi","reasoning_content":"so"}}]}`: {"hi", "so"},
		`{"choices":[{"message":{"content":null,"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}}]}`: {
			"f({})", ""},
		`{"data":[{"embedding":[1]}]}`: {`{"data":[{"embedding":[1]}]}`, ""},
		``:                             {"", ""},
	} {
		if a, r := Answer([]byte(body)); a != want[0] || r != want[1] {
			t.Errorf("%s: %q, %q", body, a, r)
		}
	}
}
