package openai

// scanner walks over one JSON document, once. Every method reports false as soon as it meets anything that is not the plainest
// form of a chunk: then nothing it found is used and encoding/json reads the document from its start. So it may be strict
// wherever being lenient would need proof: unknown keys, keys twice, objects where a scalar is usual, bytes that are not UTF-8.
type scanner struct {
	b []byte
	i int
	d *decoder
	c *chunk
}

// level is the object that a key stands in.
type level uint8

const (
	inTop level = iota
	inChoice
	inDelta
)

// scan reads a chunk of a usual shape. False: it is unusual, or broken.
func (d *decoder) scan(data []byte) (c chunk, ok bool) {
	s := scanner{b: data, d: d, c: &c}
	if !s.object(inTop) {
		return chunk{}, false
	}
	s.blank()
	return c, s.i == len(s.b) && c.choice
}

// object reads {"key":value,...}; each key must be a known one of the level and come once.
func (s *scanner) object(lv level) bool {
	if !s.eat('{') {
		return false
	}
	if s.eat('}') {
		return true
	}
	var seen uint
	for {
		s.blank()
		key, ok := s.str()
		if !ok || !s.eat(':') {
			return false
		}
		var bit uint
		switch lv {
		case inTop:
			bit, ok = s.top(key)
		case inChoice:
			bit, ok = s.choice(key)
		case inDelta:
			bit, ok = s.delta(key)
		}
		if !ok || seen&(1<<bit) != 0 {
			return false
		}
		seen |= 1 << bit
		if s.eat(',') {
			continue
		}
		return s.eat('}')
	}
}

// top reads the value of a key of the document.
func (s *scanner) top(key []byte) (bit uint, ok bool) {
	switch string(key) {
	case "id":
		s.blank()
		b, ok := s.str()
		s.c.id = same(&s.d.id, b)
		return 0, ok
	case "model":
		s.blank()
		b, ok := s.str()
		s.c.model = same(&s.d.model, b)
		return 1, ok
	case "object":
		s.blank()
		b, ok := s.str()
		return 2, ok && string(b) == "chat.completion.chunk"
	case "choices":
		return 3, s.choices()
	case "usage":
		return 4, s.null()
	case "error":
		return 5, s.null()
	case "created":
		return 6, s.scalar()
	case "system_fingerprint":
		return 7, s.scalar()
	case "service_tier":
		return 8, s.scalar()
	case "provider":
		return 9, s.scalar()
	case "obfuscation":
		return 10, s.scalar()
	}
	return 0, false
}

// choices reads an array with one choice.
func (s *scanner) choices() bool {
	if !s.eat('[') {
		return false
	}
	s.c.choice = true
	return s.object(inChoice) && s.eat(']')
}

// choice reads the value of a key of a choice.
func (s *scanner) choice(key []byte) (bit uint, ok bool) {
	switch string(key) {
	case "index":
		return 0, s.eat('0') && !s.inNumber()
	case "delta":
		return 1, s.object(inDelta)
	case "finish_reason":
		if s.null() {
			return 2, true
		}
		b, ok := s.str()
		s.c.finish = same(&s.d.finish, b)
		return 2, ok
	case "logprobs":
		return 3, s.null()
	case "stop_reason":
		return 4, s.scalar()
	case "native_finish_reason":
		return 5, s.scalar()
	case "token_ids":
		return 6, s.null()
	case "matched_stop":
		return 7, s.scalar()
	}
	return 0, false
}

// delta reads the value of a key of a delta.
func (s *scanner) delta(key []byte) (bit uint, ok bool) {
	switch string(key) {
	case "content":
		return 0, s.text(&s.c.content)
	case "role":
		return 1, s.scalar()
	case "reasoning_content":
		return 2, s.thought()
	case "reasoning":
		return 2, s.thought() // one or the other: both at once go to encoding/json
	case "refusal":
		return 3, s.text(&s.c.refusal)
	case "tool_calls":
		return 4, s.null()
	case "function_call":
		return 5, s.null()
	}
	return 0, false
}

func (s *scanner) thought() bool { return s.text(&s.c.reasoning) }

// text reads a string that is kept, or null.
func (s *scanner) text(to *string) bool {
	if s.null() {
		return true
	}
	b, ok := s.str()
	if ok && len(b) > 0 {
		*to = string(b)
	}
	return ok
}
