package sim

import (
	"strings"
	"sync"
)

// Edit changes a response: first its content, then how it is sent. Either may be nil.
type Edit struct {
	Fault  string // its name in the statistics; "": it is not counted
	Answer func(*Request, *Answer)
	Play   func(*Request, *Play)
}

// Rule says which requests get which edits. A request must match all fields that are set.
type Rule struct {
	Prompt string // a part of the last user message
	Model  string
	From   int // the first matching request that it applies to, from 1; 0: 1
	Times  int // for how many of them; 0: all
	Do     []Edit
}

// script holds the rules and how often each was met.
type script struct {
	mu    sync.Mutex
	rules []Rule
	met   []int
}

// Script replaces the rules. The first that matches a request decides; a request that none matches gets the regular
// answer, or a fault by rate. With no rules the script is off.
func (s *Server) Script(rules ...Rule) {
	s.script.mu.Lock()
	defer s.script.mu.Unlock()
	s.script.rules, s.script.met = rules, make([]int, len(rules))
}

func (s *script) match(r *Request) ([]Edit, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, rule := range s.rules {
		if rule.Model != "" && rule.Model != r.Model || !strings.Contains(r.Prompt, rule.Prompt) {
			continue
		}
		s.met[i]++
		from := max(1, rule.From)
		if s.met[i] < from || rule.Times > 0 && s.met[i] >= from+rule.Times {
			continue
		}
		return rule.Do, true
	}
	return nil, false
}
