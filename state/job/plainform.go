package job

import (
	"bytes"
	"strconv"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// plainForm is what the rows of a run that are no more than a prompt have in common.
type plainForm struct {
	before, after  []byte // of the prompt, in the canonical body
	tokens, out    int64
	opened, framed int64 // tokens of a chat without its messages, and of a message without its text
}

// newPlainForm makes the form; nil: such rows have none.
func newPlainForm(s *spec) *plainForm {
	const place = "\x01the prompt\x01"
	message := func(text string) []any { return []any{map[string]any{"role": "user", "content": text}} }
	body := s.full(&input.Row{Messages: message(place)})
	at := input.AppendText(nil, []byte(place))
	canonical := input.Canonical(body)
	if bytes.Count(canonical, at) != 1 {
		return nil
	}
	f := &plainForm{out: outputBound("", body)}
	f.before, f.after, _ = bytes.Cut(canonical, at)
	one := relay.EstimateBody(map[string]any{"messages": message("")})
	f.framed = relay.EstimateBody(map[string]any{"messages": append(message(""), message("")...)}) - one
	f.opened = one - f.framed
	f.tokens = relay.EstimateBody(s.full(&input.Row{Messages: message("")}))
	return f
}

// plainRow reads a row of a usual shape. False: it needs a closer look.
func (s *spec) plainRow(data []byte) (p input.Plain, f found, ok bool) {
	p, ok = s.Plain(data)
	if !ok || p.Body != nil && s.schema != nil {
		return p, f, false
	}
	form := s.form()
	if form == nil {
		return p, f, false
	}
	f.own = p.ID
	if p.Body == nil {
		f.key = input.KeyOfPrompt(form.before, p.Prompt, form.after)
		f.model, f.in, f.out = s.model, form.tokens+relay.TextTokens(p.Prompt), form.out
		return p, f, true
	}
	f.key, f.model = input.KeyOfBody(p.Body), p.Model
	f.in = form.opened
	for _, t := range p.Texts {
		f.in += form.framed + relay.TextTokens(t)
	}
	f.out, _ = strconv.ParseInt(string(p.Output), 10, 64)
	return p, f, true
}

// findPlain reads a row of a usual shape for the index. False: it needs a closer look.
func (s *spec) findPlain(rec input.Record) (found, bool) {
	if rec.Bad != "" {
		return found{}, false
	}
	_, f, ok := s.plainRow(rec.Data)
	if !ok {
		return found{}, false
	}
	f.off, f.n, f.line = rec.Offset, uint32(rec.Length), uint32(rec.Line)
	if !s.shard.Has(f.key) {
		f.outcome, f.model, f.in, f.out = RowElsewhere, "", 0, 0
	}
	return f, true
}

// plainRequest makes the request of a row of a usual shape.
func (s *spec) plainRequest(p *input.Plain, f *found) relay.Request {
	req := relay.Request{ID: relay.NewID(), Lane: relay.LaneBatch, Model: f.model, Fallback: s.fallback, Plain: s.plain,
		Input: f.in}
	if p.Body != nil {
		req.Body = p.Body
		return req
	}
	req.Params = s.params
	req.Messages = []relay.Message{{Role: relay.RoleUser, Text: string(p.Prompt)}}
	return req
}
