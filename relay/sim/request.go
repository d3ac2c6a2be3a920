package sim

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
)

// Request is a chat request as it came in, a flat record for scripts and statistics.
type Request struct {
	Model    string
	Stream   bool
	System   string   // the text of the system and developer messages
	Prompt   string   // the text of the last user message
	Prefix   []string // role and text of every message, in order
	Nth      int      // how often this prompt has been seen, this one included
	Order    int      // which chat request of this server it is, from 1
	Params   map[string]json.RawMessage
	MaxOut   int // max_tokens or max_completion_tokens; 0: the model's
	N        int // choices asked for
	Usage    bool
	Thinking bool
	JSON     bool
	Tools    []string // names of the functions offered

	model Model
	seed  uint64
}

// Has reports whether the body has this key with a value other than null.
func (r *Request) Has(key string) bool {
	v, ok := r.Params[key]
	return ok && string(v) != "null"
}

// rand returns a source that depends on the seed, the model, the prompt and the purpose, so that two uses are
// independent and the order of the requests does not matter.
func (r *Request) rand(purpose string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write([]byte(r.Model))
	return rand.New(rand.NewPCG(r.seed^h.Sum64(), hash(r.Prompt)))
}

func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// PromptHash is the key of Stats.Prompts: the hash of the last user message's text.
func PromptHash(prompt string) string { return fmt.Sprintf("%016x", hash(prompt)) }

type wireMessage struct {
	Role    string          `json:"role"`
	Content json.RawMessage `json:"content"`
}

// text returns the text of a message that is a string or a list of parts.
func (m wireMessage) text() string {
	var s string
	if json.Unmarshal(m.Content, &s) == nil {
		return s
	}
	var parts []struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(m.Content, &parts) != nil {
		return ""
	}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return b.String()
}

// parseRequest reads a chat body, or returns the error to answer with.
func parseRequest(body []byte) (*Request, *apiError) {
	refuse := func(format string, args ...any) (*Request, *apiError) {
		return nil, &apiError{Message: fmt.Sprintf(format, args...), Type: "invalid_request_error"}
	}
	r := &Request{N: 1}
	if err := json.Unmarshal(body, &r.Params); err != nil || r.Params == nil {
		return refuse("We could not parse the JSON body of your request")
	}
	var known struct {
		Model    string        `json:"model"`
		Stream   bool          `json:"stream"`
		Messages []wireMessage `json:"messages"`
		Max      *int          `json:"max_tokens"`
		MaxC     *int          `json:"max_completion_tokens"`
		N        *int          `json:"n"`
		Effort   string        `json:"reasoning_effort"`
		Options  struct {
			Usage bool `json:"include_usage"`
		} `json:"stream_options"`
		Format struct {
			Type string `json:"type"`
		} `json:"response_format"`
		Tools []struct {
			Function struct {
				Name string `json:"name"`
			} `json:"function"`
		} `json:"tools"`
	}
	if err := json.Unmarshal(body, &known); err != nil {
		return refuse("Invalid request: %s", err)
	}
	if known.Model == "" {
		return refuse("you must provide a model parameter")
	}
	if len(known.Messages) == 0 {
		return refuse("Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array " +
			"instead.")
	}
	r.Model, r.Stream, r.Usage = known.Model, known.Stream, known.Options.Usage
	for _, max := range []*int{known.Max, known.MaxC} {
		if max != nil && *max < 1 {
			return refuse("Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got %d instead.", *max)
		}
		if max != nil {
			r.MaxOut = *max
		}
	}
	if known.N != nil && *known.N > 1 {
		r.N = min(*known.N, 8)
	}
	for _, t := range known.Tools {
		r.Tools = append(r.Tools, t.Function.Name)
	}
	r.JSON = strings.HasPrefix(known.Format.Type, "json")
	r.read(known.Messages)
	r.Thinking = known.Effort != "" && known.Effort != "none" || asksToThink(r.Prompt)
	return r, nil
}

func (r *Request) read(messages []wireMessage) {
	for _, m := range messages {
		text := m.text()
		r.Prefix = append(r.Prefix, m.Role+"\x00"+text)
		switch m.Role {
		case "system", "developer":
			r.System += text
		case "user":
			r.Prompt = text
		}
	}
}

func asksToThink(prompt string) bool {
	for w := range strings.FieldsSeq(strings.ToLower(prompt)) {
		if strings.Trim(w, ".,:;!?") == "think" {
			return true
		}
	}
	return strings.Contains(prompt, "step by step")
}
