package wire

import "bytes"

// usage reads null, or a usage object of whole numbers without a cost.
func (s *scanner) usage() bool {
	if s.null() {
		return true
	}
	s.used = &usageObject{}
	start := s.i
	if !s.object(inUsage) || bytes.IndexByte(s.b[start:s.i], ':') < 0 { // an empty object is not a usage
		return false
	}
	s.c.Usage = s.used.usage()
	return true
}

// counted reads the value of a key of a usage object.
func (s *scanner) counted(key []byte) (bit uint, ok bool) {
	switch string(key) {
	case "prompt_tokens":
		return 0, s.count(&s.used.Prompt)
	case "completion_tokens":
		return 1, s.count(&s.used.Completion)
	case "total_tokens":
		return 2, s.count(&s.used.Total)
	case "prompt_tokens_details":
		return 3, s.null() || s.object(inPrompt)
	case "completion_tokens_details":
		return 4, s.null() || s.object(inCompletion)
	}
	return 0, false
}

// detail reads the value of a key of the details of a count. Counts of sounds and predictions are not used.
func (s *scanner) detail(lv level, key []byte) (bit uint, ok bool) {
	switch string(key) {
	case "cached_tokens":
		return 0, lv == inPrompt && s.count(&s.used.PromptDetails.Cached)
	case "reasoning_tokens":
		return 0, lv == inCompletion && s.count(&s.used.CompletionDetails.Reasoning)
	case "audio_tokens":
		return 1, s.scalar()
	case "accepted_prediction_tokens":
		return 2, s.scalar()
	case "rejected_prediction_tokens":
		return 3, s.scalar()
	}
	return 0, false
}

// count reads null, or a whole number of at most nine digits.
func (s *scanner) count(to *count) bool {
	if s.null() {
		return true
	}
	start := s.i
	if !s.number() || s.i-start > 9 {
		return false
	}
	for _, c := range s.b[start:s.i] {
		*to = *to*10 + count(c-'0')
	}
	return true
}

// unread reports whether nothing is read from a key of a document, in whatever case its letters are: encoding/json
// takes "Error" for "error".
func unread(key []byte) bool {
	for _, c := range key {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	switch string(key) {
	case "type", "message", "detail", "msg", "error_code", "errors", "x_groq", "currency", "is_byok":
		return false
	}
	return !bytes.Contains(key, []byte("cost"))
}
