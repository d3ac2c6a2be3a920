package job

import (
	"errors"
	"maps"
	"sync"

	"relaytop/relay"
	"relaytop/state/job/input"
	"relaytop/state/job/schema"
)

// keyFormat is the key of a body that says what an answer has to be.
const keyFormat = "response_format"

// spec is what the rows of a run have in common.
type spec struct {
	input.Format
	model    string
	params   relay.Params
	fallback []string
	plain    bool // no answer is streamed

	fixed  map[string]any // params, decoded once
	shard  input.Shard
	schema *schema.Schema    // nil: answers are not checked
	form   func() *plainForm // made when it is first needed; nil: rows of a usual shape have none
}

func newSpec(f input.Format, o Options) *spec {
	s := &spec{Format: f, model: o.Model, params: o.Params, fallback: o.Fallback, plain: o.NoStream, shard: o.Shard,
		fixed: map[string]any{}}
	for k, raw := range o.Params {
		if v, err := input.Decode(raw); err == nil && !ours(k) {
			s.fixed[k] = v
		}
	}
	s.form = sync.OnceValue(func() *plainForm { return newPlainForm(s) })
	return s
}

// specOf makes the spec of an input. The error is of a template or a schema that can't be used.
func specOf(f *input.File, o Options) (*spec, error) {
	t, err := input.ParseTemplate(o.Template)
	if err != nil {
		return nil, err
	}
	want, err := schema.Parse(o.Schema)
	if err != nil {
		return nil, err
	}
	s := newSpec(f.Format(t), o)
	s.require(want)
	return s, nil
}

// require makes a schema part of every chat row: a row with a response_format of its own keeps it.
func (s *spec) require(want *schema.Schema) {
	if want == nil {
		return
	}
	s.schema, s.fixed[keyFormat] = want, want.Format()
	s.params = s.params.With(keyFormat, want.Format())
}

// ours reports whether we set a key of the body ourselves: it is not part of the row.
func ours(k string) bool { return k == "stream" || k == "stream_options" }

// full is the complete body of a row, model included.
func (s *spec) full(p *input.Row) map[string]any {
	if p.Body != nil {
		body := maps.Clone(p.Body)
		maps.DeleteFunc(body, func(k string, _ any) bool { return ours(k) })
		if m, _ := body["model"].(string); m == "" {
			body["model"] = s.model
		}
		if s.asks(p) && body[keyFormat] == nil {
			body[keyFormat] = s.schema.Format()
		}
		return body
	}
	body := maps.Clone(s.fixed)
	body["model"], body["messages"] = s.model, p.Messages
	return body
}

// asks reports whether the answer of a row has to fit a schema: that of a chat has.
func (s *spec) asks(p *input.Row) bool { return s.schema != nil && p.Path == "" }

// read makes the request of a row, with its key, its own id and the bounds of its tokens. judged: its answer has to
// fit the schema.
func (s *spec) read(data []byte) (req relay.Request, f found, judged bool, err error) {
	if p, f, ok := s.plainRow(data); ok {
		return s.plainRequest(&p, &f), f, s.schema != nil, nil
	}
	return s.readAny(data)
}

// readAny is read for a row of any shape.
func (s *spec) readAny(data []byte) (req relay.Request, f found, judged bool, err error) {
	p := s.Parse(data)
	if p.Bad != "" {
		return req, f, false, errors.New(p.Bad)
	}
	body := s.full(&p)
	encoded := input.Canonical(body) // once: it is compared, and sent
	f.own, f.key = p.ID, input.KeyOfCanonical(p.Path, encoded)
	f.in, f.out = relay.EstimateBody(body), outputBound(p.Path, body)
	req = s.request(&p, body, encoded)
	req.Input = f.in
	return req, f, s.asks(&p), nil
}

// request makes the request of a row, of its complete body and that as JSON.
func (s *spec) request(p *input.Row, body map[string]any, encoded []byte) relay.Request {
	req := relay.Request{ID: relay.NewID(), Lane: relay.LaneBatch, Model: s.model, Fallback: s.fallback, Path: p.Path,
		Plain: s.plain || p.Path != "" && p.Path != "/completions"}
	if p.Body == nil {
		req.Params = s.params
		if req.Messages = plainMessages(p.Messages); req.Messages != nil {
			return req
		}
	}
	req.Model, _ = body["model"].(string)
	req.Body = encoded
	return req
}

// plainMessages returns messages that have only a role and a text; nil if one has more: then the body is sent as it
// is.
func plainMessages(list []any) []relay.Message {
	out := make([]relay.Message, 0, len(list))
	for _, v := range list {
		o, _ := v.(map[string]any)
		role, _ := o["role"].(string)
		text, ok := o["content"].(string)
		if !ok || len(o) != 2 || role == relay.RoleTool {
			return nil
		}
		out = append(out, relay.Message{Role: role, Text: text})
	}
	return out
}

// idOf reads the own id of a row, and the reason if the row is bad.
func (s *spec) idOf(data []byte) input.Row {
	if p, ok := s.Plain(data); ok {
		return input.Row{ID: p.ID}
	}
	return s.Parse(data)
}
