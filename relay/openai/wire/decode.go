package wire

import (
	"encoding/json"
	"errors"
	"math"
)

// Decoder decodes the chunks of one stream. It remembers the strings that repeat in each chunk, and which choice it
// follows.
type Decoder struct {
	id, model, finish, native string
	scratch                   []byte
	index                     int32 // of the choice that is followed; 0 also before it is known
	follows                   bool  // index is known
}

// Decode reads one JSON document. The error is a syntax error.
func (d *Decoder) Decode(data []byte) (Chunk, error) {
	if c, ok := d.scan(data); ok && d.index == 0 { // the scanner accepts only a single choice with index 0
		d.follows = d.follows || c.HasChoice
		return c, nil
	}
	return d.decodeRest(data)
}

// decodeRest reads a chunk of an unusual shape.
func (d *Decoder) decodeRest(data []byte) (Chunk, error) {
	want := lowest
	if d.follows {
		want = d.index
	}
	c, err := decodeChoice(data, want)
	if err == nil && c.HasChoice && !d.follows {
		d.follows, d.index = true, c.index
	}
	return c, err
}

// lowest stands for the choice with the lowest index.
const lowest int32 = -1

// Decode reads a document of any shape with encoding/json. The error is a syntax error.
func Decode(data []byte) (Chunk, error) { return decodeChoice(data, lowest) }

// ScanAnswer reads a whole document of a usual shape in one pass. False: its shape is unusual, or it is not whole.
func ScanAnswer(doc []byte) (Chunk, bool) { return new(Decoder).scan(doc) }

// DecodeAnswer reads a whole document that came in place of a stream. A bare string, and a list without a choice,
// are errors of the relay.
func DecodeAnswer(doc []byte) (Chunk, error) {
	if c, ok := ScanAnswer(doc); ok {
		return c, nil
	}
	if doc[0] == '"' {
		return Chunk{Error: doc}, nil
	}
	c, err := Decode(doc)
	if doc[0] == '[' && err == nil && c.Error == nil && !c.HasChoice {
		c = Chunk{Error: doc}
	}
	return c, err
}

// decodeChoice reads the choice with the given index of a document of any shape.
func decodeChoice(data []byte, want int32) (Chunk, error) {
	if isArray(data) && json.Valid(data) {
		for first := range elements(data) {
			data = first // Gemini sends its errors in a list
			break
		}
	}
	var doc document
	if err := json.Unmarshal(data, &doc); err != nil {
		var kind *json.UnmarshalTypeError
		if !errors.As(err, &kind) {
			return Chunk{}, err
		}
	}
	c := Chunk{ID: text(doc.ID), Model: text(doc.Model)}
	if c.Error = doc.errorObject(data); c.Error != nil {
		return c, nil
	}
	c.meter(doc.Usage)
	c.meter(doc.XGroq.Usage)
	if picked := doc.pick(want); picked != nil {
		c.HasChoice, c.index = true, picked.at()
		c.take(picked)
	}
	if c.Cost == nil || c.CostRough { // what stands beside a usage object may be surer than an estimate in it
		if r := readBeside(data); r.amount != nil && (c.Cost == nil || !r.estimated) {
			c.Cost, c.CostRough = r.amount, r.estimated
		}
	}
	c.Bare = len(doc.Choices) == 0 && len(data) > 0 && data[0] == '{'
	return c, nil
}

// meter reads a usage object, unless another was read before.
func (c *Chunk) meter(raw json.RawMessage) {
	if c.Usage != nil || c.Cost != nil {
		return
	}
	usage, cost := readUsage(raw)
	c.Usage, c.Cost, c.CostRough = usage, cost.amount, cost.amount != nil && cost.estimated
}

// pick returns the choice with the wanted index; nil: there is none.
func (doc *document) pick(want int32) *choice {
	var picked *choice
	for i := range doc.Choices {
		ch := &doc.Choices[i]
		if want != lowest && ch.at() == want {
			return ch
		}
		if want == lowest && (picked == nil || ch.at() < picked.at()) {
			picked = ch
		}
	}
	return picked
}

// at is the index as a Chunk holds it; an invalid one counts as the last.
func (ch *choice) at() int32 {
	if ch.Index < 0 || ch.Index > math.MaxInt32 {
		return math.MaxInt32
	}
	return int32(ch.Index)
}

// take copies a choice into the chunk.
func (c *Chunk) take(ch *choice) {
	c.Finish, c.Native = text(ch.Finish), text(ch.Native)
	c.meter(ch.Usage)
	m := ch.Delta
	if m == nil {
		m = ch.Message
	}
	if m == nil {
		c.Content, _ = contentOf(ch.Text, true)
		return
	}
	var thinking string
	c.Content, thinking = contentOf(m.Content, ch.Delta == nil)
	var cut cutHalves
	cut.content = halvesOf(m.Content)
	c.Refusal = text(m.Refusal)
	for _, raw := range []json.RawMessage{m.ReasoningContent, m.Reasoning, m.ReasoningDetails} {
		if c.Reasoning == "" && string(raw) != "true" { // true says that there was some, not what
			visible, thought := parts(raw)
			c.Reasoning, cut.reasoning = visible+thought, halvesOf(raw)
		}
	}
	if c.Reasoning == "" {
		c.Reasoning = thinking
	}
	if cut != (cutHalves{}) {
		c.cut = &cut
	}
	c.takeTools(m)
}

// takeTools copies the pieces of tool calls, or of the one call of the older function_call.
func (c *Chunk) takeTools(m *message) {
	for _, t := range m.ToolCalls {
		d := ToolDelta{Index: -1, ID: text(t.ID), Name: text(t.Function.Name), Args: arguments(t.Function.Arguments)}
		if t.Index != nil {
			d.Index = *t.Index
		}
		c.Tools = append(c.Tools, d)
	}
	if f := m.FunctionCall; f != nil && len(m.ToolCalls) == 0 {
		c.Tools = append(c.Tools, ToolDelta{Name: text(f.Name), Args: arguments(f.Arguments)})
	}
}
