package sim

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"relaytop/relay"
)

// schedule says when the n-th token is due, from the time of the request.
type schedule struct {
	first  time.Duration
	itl    time.Duration
	jitter float64
	rand   *rand.Rand
}

func (s *Server) schedule(r *Request) schedule {
	c := schedule{itl: r.model.ITL, jitter: r.model.Jitter, rand: r.rand(fmt.Sprintf("pace %d", r.Nth))}
	if s.opts.Jitter != 0 {
		c.jitter = max(0, min(1, s.opts.Jitter))
	}
	if s.opts.ITL != 0 {
		c.itl = max(0, s.opts.ITL)
	}
	switch {
	case s.opts.TTFT != 0:
		spread := 1 + max(0, min(1, s.opts.Jitter))*(2*c.rand.Float64()-1)
		c.first = time.Duration(float64(max(0, s.opts.TTFT)) * spread)
	default:
		spread := math.Exp(r.model.Spread * c.rand.NormFloat64())
		c.first = time.Duration(float64(r.model.TTFT) * max(0.5, min(4, spread)))
		// A long prompt delays the first token, unless it is cached.
		c.first += time.Duration(len(r.Prompt)/64) * time.Millisecond
	}
	return c
}

// at never decreases: the jitter of a token is less than half its distance to the next.
func (c schedule) at(n int) time.Duration {
	at := c.first + time.Duration(n)*c.itl
	if n > 0 && c.jitter > 0 {
		at += time.Duration(c.jitter * (c.rand.Float64() - 0.5) * float64(c.itl))
	}
	return at
}

// encoder writes one Answer as the chunks of a stream.
type encoder struct {
	req       *Request
	ans       *Answer
	clock     schedule
	group     int // tokens in a chunk
	head      string
	play      *Play
	tokens    int
	reasoning int
	last      time.Duration
}

func (s *Server) encode(r *Request, a *Answer) *Play {
	if !a.Stream {
		return s.encodePlain(r, a)
	}
	c := s.schedule(r)
	e := &encoder{req: r, ans: a, clock: c, group: max(1, s.opts.ChunkTokens), play: &Play{Wait: c.first * 9 / 10},
		last: c.first}
	e.play.Header = map[string]string{"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}
	e.head = fmt.Sprintf(`{"id":%s,"object":"chat.completion.chunk","created":%d,"model":%s,`+
		`"system_fingerprint":"fp_sim","choices":[`,
		quote(r.id()), time.Now().Unix(), quote(a.Model))
	texts := append([]string{a.Text}, a.Others...)
	for i := range texts {
		e.chunk(c.first*9/10, i, `{"role":"assistant","content":""}`, "", false)
	}
	e.reason()
	e.texts(texts)
	e.stream(a.Refusal, func(i int, t string) (int, string) { return 0, `{"refusal":` + quote(t) + `}` })
	e.tools()
	for i := range texts {
		e.finish(i, i == len(texts)-1)
	}
	e.play.Frames = append(e.play.Frames, Frame{At: e.last, Data: "[DONE]"})
	return e.play
}

func (e *encoder) reason() {
	e.stream(e.ans.Reasoning, func(_ int, t string) (int, string) {
		e.reasoning += CountTokens(t)
		if e.ans.ThinkField == "reasoning_details" {
			return 0, `{"reasoning_details":[{"type":"reasoning.text","text":` + quote(t) + `}]}`
		}
		return 0, `{` + quote(e.ans.ThinkField) + `:` + quote(t) + `}`
	})
}

// texts sends the choices in turn, a chunk of each, as providers do.
func (e *encoder) texts(texts []string) {
	var queues [][]string
	longest := 0
	for _, t := range texts {
		q := e.chunks(t)
		queues = append(queues, q)
		longest = max(longest, len(q))
	}
	for n := range longest {
		for i, q := range queues {
			if n >= len(q) {
				continue
			}
			content := quote(q[n])
			if e.ans.Parts {
				content = `[{"type":"text","text":` + content + `}]`
			}
			e.token(i, `{"content":`+content+`}`, q[n])
		}
	}
}

// tools sends the calls in turn, a piece of the arguments of each, as parallel calls arrive.
func (e *encoder) tools() {
	var queues [][]string
	longest := 0
	for i, t := range e.ans.Tools {
		id := t.ID
		if id == "" {
			id = fmt.Sprintf("call_%d", i)
		}
		e.token(0, fmt.Sprintf(`{"tool_calls":[{"index":%d,"id":%s,"type":"function","function":{"name":%s,`+
			`"arguments":""}}]}`, i, quote(id), quote(t.Name)), t.Name)
		q := e.chunks(t.Arguments)
		queues = append(queues, q)
		longest = max(longest, len(q))
	}
	for n := range longest {
		for i, q := range queues {
			if n < len(q) {
				e.token(0, fmt.Sprintf(`{"tool_calls":[{"index":%d,"function":{"arguments":%s}}]}`, i, quote(q[n])), q[n])
			}
		}
	}
}

func (e *encoder) stream(text string, delta func(int, string) (int, string)) {
	for i, t := range e.chunks(text) {
		choice, d := delta(i, t)
		e.token(choice, d, t)
	}
}

func (e *encoder) chunks(text string) []string {
	tokens := Tokenise(text)
	if e.group == 1 {
		return tokens
	}
	var out []string
	for len(tokens) > 0 {
		n := min(e.group, len(tokens))
		out = append(out, strings.Join(tokens[:n], ""))
		tokens = tokens[n:]
	}
	return out
}

func (e *encoder) token(choice int, delta, text string) {
	e.last = e.clock.at(e.tokens)
	e.tokens += max(1, CountTokens(text))
	e.chunk(e.last, choice, delta, "", true)
}

func (e *encoder) finish(choice int, last bool) {
	reason := e.ans.Finish
	if reason != "" {
		reason = quote(reason)
	}
	e.chunk(e.last, choice, `{}`, reason, false)
	if !last {
		return
	}
	switch e.ans.Mode {
	case UsageLast, UsageNullRun:
		if e.req.Usage || e.ans.Mode == UsageNullRun {
			e.tail(e.ans.usageJSON(e.ans.usage(e.tokens, e.reasoning), e.req.model.Price))
		}
	case UsageZeros:
		e.tail(e.ans.usageJSON(relay.Usage{}, 0))
	case UsageFinish, UsageEvery, UsageNone, UsageNull:
	}
}

func (e *encoder) tail(usage string) {
	e.play.Frames = append(e.play.Frames, Frame{At: e.last, Data: e.head + `],"usage":` + usage + `,` + stampField + `}`})
}

// chunk adds one chunk; an empty finish is null.
func (e *encoder) chunk(at time.Duration, choice int, delta, finish string, content bool) {
	if finish == "" {
		finish = "null"
	}
	data := fmt.Sprintf(`%s{"index":%d,"delta":%s,"logprobs":null,"finish_reason":%s}]%s,%s}`, e.head, choice, delta,
		finish, e.running(finish != "null"), stampField)
	e.play.Frames = append(e.play.Frames, Frame{At: at, Data: data, Content: content})
}

// running is the usage member of a chunk that is not the extra last one.
func (e *encoder) running(finish bool) string {
	switch e.ans.Mode {
	case UsageEvery:
	case UsageFinish:
		if !finish {
			return ""
		}
	case UsageNull, UsageNullRun:
		return `,"usage":null`
	case UsageLast, UsageNone, UsageZeros:
		return ""
	}
	return `,"usage":` + e.ans.usageJSON(e.ans.usage(e.tokens, e.reasoning), e.req.model.Price)
}

func (s *Server) encodePlain(r *Request, a *Answer) *Play {
	c := s.schedule(r)
	choices := []any{}
	tokens := 0
	for i, t := range append([]string{a.Text}, a.Others...) {
		m := map[string]any{"role": "assistant", "content": t}
		if i == 0 {
			a.decorate(m)
		}
		finish := any(a.Finish)
		if a.Finish == "" {
			finish = nil
		}
		choices = append(choices, map[string]any{"index": i, "message": m, "logprobs": nil, "finish_reason": finish})
		tokens += CountTokens(t)
	}
	reasoning := CountTokens(a.Reasoning)
	tokens += reasoning + CountTokens(a.Refusal)
	for _, t := range a.Tools {
		tokens += CountTokens(t.Name) + CountTokens(t.Arguments)
	}
	body := map[string]any{"id": r.id(), "object": "chat.completion", "created": time.Now().Unix(), "model": a.Model,
		"system_fingerprint": "fp_sim", "choices": choices}
	switch a.Mode {
	case UsageNone:
	case UsageNull:
		body["usage"] = nil
	case UsageZeros:
		body["usage"] = json.RawMessage(a.usageJSON(relay.Usage{}, 0))
	case UsageLast, UsageFinish, UsageEvery, UsageNullRun:
		body["usage"] = json.RawMessage(a.usageJSON(a.usage(tokens, reasoning), r.model.Price))
	}
	p := jsonPlay(200, body)
	p.Wait = c.at(tokens)
	p.Frames[0].At, p.Frames[0].Content = p.Wait, true
	// The stamp is added as text: its digits are filled in when the chunk is written.
	p.Frames[0].Data = strings.TrimSuffix(p.Frames[0].Data, "}") + "," + stampField + "}"
	return p
}

func (a *Answer) decorate(m map[string]any) {
	if a.Reasoning != "" {
		m[a.ThinkField] = a.Reasoning
	}
	if a.Refusal != "" {
		m["refusal"] = a.Refusal
	}
	if len(a.Tools) == 0 {
		return
	}
	var calls []any
	for i, t := range a.Tools {
		id := t.ID
		if id == "" {
			id = fmt.Sprintf("call_%d", i)
		}
		calls = append(calls, map[string]any{"id": id, "type": "function",
			"function": map[string]any{"name": t.Name, "arguments": t.Arguments}})
	}
	m["tool_calls"] = calls
	if a.Text == "" {
		m["content"] = nil
	}
}

func (r *Request) id() string {
	return fmt.Sprintf("chatcmpl-%012x%04x", hash(r.Prompt)&0xffffffffffff, uint16(r.Nth))
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}
