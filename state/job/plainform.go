package job

import (
	"bytes"
	"strconv"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// plainForm is what the rows of a run that are no more than a prompt have in common.
type plainForm struct {
	before, after []byte // of the prompt, in the canonical body
	tokens, out   int64
	framed        int64 // tokens of a message without its text
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
	f := &plainForm{out: outputBound(body)}
	f.before, f.after, _ = bytes.Cut(canonical, at)
	f.framed = relay.EstimateBody(map[string]any{"messages": message("")})
	f.tokens = relay.EstimateBody(s.full(&input.Row{Messages: message("")}))
	return f
}

// findPlain reads a row of a usual shape. False: it needs a closer look.
func (s *spec) findPlain(rec input.Record) (found, bool) {
	if rec.Bad != "" {
		return found{}, false
	}
	p, ok := s.Plain(rec.Data)
	if !ok || p.Body != nil && s.schema != nil {
		return found{}, false
	}
	if s.form == nil {
		if s.form = newPlainForm(s); s.form == nil {
			return found{}, false
		}
	}
	f := found{row: row{off: rec.Offset, n: uint32(rec.Length), line: uint32(rec.Line)}, own: p.ID}
	if p.Body == nil {
		f.key = input.KeyOfBody(s.form.before, input.AppendText(nil, p.Prompt), s.form.after)
		f.model, f.in, f.out = s.model, s.form.tokens+relay.TextTokens(string(p.Prompt)), s.form.out
	} else {
		f.key, f.model = input.KeyOfBody(p.Body), p.Model
		for _, t := range p.Texts {
			f.in += s.form.framed + relay.TextTokens(string(t))
		}
		f.out, _ = strconv.ParseInt(string(p.Output), 10, 64)
	}
	if !s.shard.has(f.key) {
		f.outcome, f.model, f.in, f.out = RowElsewhere, "", 0, 0
	}
	return f, true
}
