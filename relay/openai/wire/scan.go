package wire

// scanner reads one JSON document in one pass. Each method reports false at anything that is not the plainest form
// of a chunk or of a plain answer; then its results are dropped and encoding/json reads the document from the
// start. So it may be strict wherever it is hard to prove that both give the same result: repeated keys, objects in
// place of scalars, invalid UTF-8, keys that are not known below the top level.
type scanner struct {
	b    []byte
	i    int
	d    *Decoder
	c    *Chunk
	used *usageObject // nil: the chunk has none
}

// level is the object that a key belongs to.
type level uint8

const (
	inTop level = iota
	inChoice
	inDelta // or in the message of a plain answer
	inUsage
	inPrompt     // the details of prompt_tokens
	inCompletion // the details of completion_tokens
)

// scan reads a chunk or a plain answer of a usual shape. False: the shape is unusual, or the JSON is broken.
func (d *Decoder) scan(data []byte) (c Chunk, ok bool) {
	s := scanner{b: data, d: d, c: &c}
	if !s.object(inTop) {
		return Chunk{}, false
	}
	s.blank()
	c.Bare = !c.HasChoice
	return c, s.i == len(s.b) && (c.HasChoice || c.Usage != nil)
}

// object reads {"key":value,...}; each key must occur once, and be known at this level, except at the top.
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
		case inUsage:
			bit, ok = s.counted(key)
		case inPrompt, inCompletion:
			bit, ok = s.detail(lv, key)
		}
		if !ok || bit != ignored && seen&(1<<bit) != 0 {
			return false
		}
		seen |= 1 << bit
		if s.eat(',') {
			continue
		}
		return s.eat('}')
	}
}

// top reads the value of a top-level key.
func (s *scanner) top(key []byte) (bit uint, ok bool) {
	switch string(key) {
	case "id":
		s.blank()
		b, ok := s.str()
		s.c.ID = same(&s.d.id, b)
		return 0, ok
	case "model":
		s.blank()
		b, ok := s.str()
		s.c.Model = same(&s.d.model, b)
		return 1, ok
	case "object":
		s.blank()
		b, ok := s.str()
		return 2, ok && (string(b) == "chat.completion.chunk" || string(b) == "chat.completion")
	case "choices":
		return 3, s.choices()
	case "usage":
		return 4, s.usage()
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
	return ignored, unread(key) && s.scalar()
}

// ignored is the bit of keys that are not read: they may occur twice.
const ignored = 63

// choices reads an array with at most one choice.
func (s *scanner) choices() bool {
	if !s.eat('[') {
		return false
	}
	if s.eat(']') {
		return true
	}
	s.c.HasChoice = true
	return s.object(inChoice) && s.eat(']')
}

// choice reads the value of a key of a choice.
func (s *scanner) choice(key []byte) (bit uint, ok bool) {
	switch string(key) {
	case "index":
		return 0, s.eat('0') && !s.inNumber()
	case "delta", "message": // the same bit: a choice with both goes to encoding/json
		return 1, s.object(inDelta)
	case "finish_reason":
		if s.null() {
			return 2, true
		}
		b, ok := s.str()
		s.c.Finish = same(&s.d.finish, b)
		return 2, ok
	case "logprobs":
		return 3, s.null()
	case "stop_reason":
		return 4, s.scalar()
	case "native_finish_reason":
		if s.null() {
			return 5, true
		}
		b, ok := s.str()
		s.c.Native = same(&s.d.native, b)
		return 5, ok
	case "token_ids":
		return 6, s.null()
	case "matched_stop":
		return 7, s.scalar()
	}
	return 0, false
}

// delta reads the value of a key of a delta, or of a message.
func (s *scanner) delta(key []byte) (bit uint, ok bool) {
	switch string(key) {
	case "content":
		return 0, s.text(&s.c.Content)
	case "role":
		return 1, s.scalar()
	case "reasoning_content":
		return 2, s.thought()
	case "reasoning":
		return 2, s.thought() // the same bit: a chunk with both goes to encoding/json
	case "refusal":
		return 3, s.text(&s.c.Refusal)
	case "tool_calls":
		return 4, s.null()
	case "function_call":
		return 5, s.null()
	case "annotations":
		return 6, s.null() || s.eat('[') && s.eat(']')
	case "audio":
		return 7, s.null()
	}
	return 0, false
}

func (s *scanner) thought() bool { return s.text(&s.c.Reasoning) }

// text reads null, or a string into to.
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

// same returns b as a string, without an allocation if it equals last.
func same(last *string, b []byte) string {
	if string(b) != *last {
		*last = string(b)
	}
	return *last
}
