package sim

import (
	"encoding/json"
	"strings"
	"testing"
)

func picked(t *testing.T, model, prompt string, seed uint64) string {
	t.Helper()
	b, err := readBook()
	if err != nil {
		t.Fatal(err)
	}
	return b.pick(&Request{Model: model, Prompt: prompt, seed: seed, model: modelTable()[model]}, 0)
}

func TestPromptsGetWhatTheyAskFor(t *testing.T) {
	for prompt, want := range map[string]string{
		"Explain quantum entanglement to a ten-year-old":              "entanglement",
		"Write a rate limiter in Go":                                  "```go",
		"How do I count rows of a CSV in Python?":                     "```python",
		"Viết cho tôi cách nấu phở":                                   "phở bò",
		"请介绍一首唐诗":                                                     "静夜思",
		"Plan a weekend with emoji":                                   "🎒",
		"Translate to Vietnamese: hello":                              "ạ|ờ|ợ|ế|ố",
		"Translate to French: good morning":                           "réunion|patience",
		"Translate to German: good morning":                           "Besprechung|Geduld",
		"Is this spam? Answer yes or no.":                             "yes|no",
		"Classify the sentiment as Positive or Negative: I love it":   "Positive|Negative",
		"Which label fits best: bug, feature or question? It crashes": "bug|feature|question",
		"Write a haiku":                                               "Five, seven, five",
		"What is the capital of France?":                              "simulated relay",
		"Hello":                                                       "simulated relay",
	} {
		got := picked(t, "claude-sonnet-4.5", prompt, 1)
		ok := false
		for _, w := range strings.Split(want, "|") {
			ok = ok || strings.Contains(got, w)
		}
		if !ok {
			t.Errorf("%q was answered %.80q, want %q", prompt, got, want)
		}
	}
}

func TestAnswersFollowFromSeedAndPrompt(t *testing.T) {
	prompts := []string{"one", "two", "three", "four", "Five, seven, five", "six", "seven", "eight"}
	differ := 0
	for _, p := range prompts {
		first := picked(t, "gpt-4.1", p, 1)
		if again := picked(t, "gpt-4.1", p, 1); again != first {
			t.Errorf("%q has two answers", p)
		}
		if first != picked(t, "gpt-4.1", p, 2) {
			differ++
		}
	}
	if differ == 0 {
		t.Error("the seed changes nothing")
	}
}

func TestPages(t *testing.T) {
	b, err := readBook()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(b.pages["open"]); n < 12 {
		t.Errorf("%d open answers", n)
	}
	for _, p := range b.pages["json"] {
		for _, text := range p.blocks {
			if !json.Valid([]byte(text)) {
				t.Errorf("%s: not JSON: %s", p.name, text)
			}
		}
	}
	for _, p := range b.pages["open"] {
		for _, length := range []float64{0.6, 0.85, 1} {
			got := p.cut(length)
			if strings.Count(got, "```")%2 != 0 || strings.HasSuffix(got, ":") {
				t.Errorf("%s at %v ends %q", p.name, length, got[max(0, len(got)-40):])
			}
		}
	}
}

func TestJSONIsGivenWhenAskedFor(t *testing.T) {
	s, c := relayAnd(t, Instant())
	got := stream(t, s, c, body("gpt-4.1", "Describe the parcel", `,"response_format":{"type":"json_object"}`))
	if !json.Valid([]byte(got.text)) {
		t.Errorf("not JSON: %s", got.text)
	}
}
