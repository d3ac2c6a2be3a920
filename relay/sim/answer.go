package sim

import (
	"fmt"
	"strings"

	"relaytop/relay"
)

// Answer is the content of a reply, before it is encoded.
type Answer struct {
	Model      string // as the reply names it
	Reasoning  string
	Text       string
	Others     []string // the texts of choices 1, 2, ...
	Refusal    string
	Tools      []relay.ToolCall
	Finish     string      // finish_reason; "" leaves it null
	ThinkField string      // the delta's field for reasoning: reasoning_content, reasoning or reasoning_details
	Parts      bool        // content as an array of parts
	Mode       UsageMode   // where a stream carries its usage
	Usage      relay.Usage // zero: counted from the texts
	Cost       bool        // usage.cost is sent
	Stream     bool        // sent as a stream; otherwise as one JSON value
}

// answer makes the regular answer. Its content depends on seed, model and prompt alone; Usage.Cached also on earlier
// requests.
func (s *Server) answer(r *Request) *Answer {
	a := &Answer{Model: r.Model, Finish: "stop", ThinkField: r.model.Thinks, Mode: s.opts.Usage, Cost: s.opts.CostField,
		Stream: r.Stream}
	if a.Mode == "" {
		a.Mode = UsageLast
	}
	a.Text = s.book.pick(r, 0)
	if r.Thinking && a.ThinkField != "" {
		a.Reasoning = s.book.think(r)
	}
	for i := 1; i < r.N; i++ {
		a.Others = append(a.Others, s.book.pick(r, i))
	}
	if s.opts.Tokens > 0 {
		a.Text = exactly(a.Text, s.opts.Tokens)
	}
	limit := r.model.MaxOut
	if r.MaxOut > 0 {
		limit = min(limit, r.MaxOut)
	}
	a.limit(limit)
	a.Usage.Input, a.Usage.Cached = s.prefixes.count(r.Model, r.Prefix)
	return a
}

// limit cuts the answer to a number of tokens, reasoning included, as max_tokens does.
func (a *Answer) limit(tokens int) {
	thought := CountTokens(a.Reasoning)
	if thought >= tokens {
		a.Reasoning, a.Text, a.Finish = head(a.Reasoning, tokens), "", "length"
		return
	}
	for i, o := range a.Others {
		a.Others[i] = head(o, tokens-thought)
	}
	if CountTokens(a.Text) > tokens-thought {
		a.Text, a.Finish = head(a.Text, tokens-thought), "length"
	}
}

func head(text string, tokens int) string {
	t := Tokenise(text)
	return strings.Join(t[:min(tokens, len(t))], "")
}

// exactly repeats or cuts a text to a number of tokens. The blank line between two repetitions keeps their tokens
// apart.
func exactly(text string, tokens int) string {
	unit := Tokenise(strings.TrimSpace(text) + "\n\n")
	var b strings.Builder
	for i := range tokens {
		b.WriteString(unit[i%len(unit)])
	}
	return b.String()
}

// usage returns the usage after a number of output tokens, reasoning included.
func (a *Answer) usage(output, reasoning int) relay.Usage {
	u := a.Usage
	if u.Output == 0 {
		u.Output, u.Reasoning = int64(output), int64(reasoning)
	}
	u.Total = u.Input + u.Output
	return u
}

// usageJSON writes a usage object in OpenAI's shape, with DeepSeek's cache counts for its models.
func (a *Answer) usageJSON(u relay.Usage, price relay.Money) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d`, u.Input, u.Output, u.Total)
	fmt.Fprintf(&b, `,"prompt_tokens_details":{"cached_tokens":%d},"completion_tokens_details":{"reasoning_tokens":%d}`,
		u.Cached, u.Reasoning)
	if strings.HasPrefix(a.Model, "deepseek") {
		fmt.Fprintf(&b, `,"prompt_cache_hit_tokens":%d,"prompt_cache_miss_tokens":%d`, u.Cached, u.Input-u.Cached)
	}
	if a.Cost {
		fmt.Fprintf(&b, `,"cost":%s`, price/1_000_000*relay.Money(u.Total))
	}
	b.WriteByte('}')
	return b.String()
}

// perToken is a price per token as decimal text, from one per million.
func perToken(perMillion relay.Money) string { return (perMillion / 1_000_000).String() }
