package inspect

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
)

// stored is what the archive has of a request that is not in memory.
type stored struct {
	reading bool // it is being read
	result  *relay.Result
	err     error
}

// storedMsg is the answer to readStored.
type storedMsg struct {
	id     relay.ID
	result *relay.Result
	err    error
}

// readStored reads the request from the archive.
func (m *Model) readStored() tea.Cmd {
	id, sent := m.subject.ID, m.sent
	return func() tea.Msg {
		r, err := sent.Recorded(id)
		return storedMsg{id, r, err}
	}
}

// takeStored shows what was read, unless another request is shown by now.
func (m *Model) takeStored(msg storedMsg) {
	if msg.id != m.subject.ID || !m.stored.reading {
		return
	}
	m.stored = stored{result: msg.result, err: msg.err}
	m.in.Result = nil // it was made without
	m.read()
	m.layout()
}

// incomplete reports whether a result that came with the message lacks what the archive may have: a row's journal
// holds its last attempt alone, and not when it was due.
func incomplete(r *relay.Result) bool {
	return r == nil || earlier(r) > 0 || r.Timing.Sched.IsZero() && len(r.Attempts) > 0
}

// earlier is the number of attempts before those that a result has.
func earlier(r *relay.Result) int {
	if len(r.Attempts) == 0 {
		return 0
	}
	return max(r.Attempts[0].N-1, 0)
}

// with is a result that came with the message, completed by the stored one: by its attempts and their times. Nil:
// there is neither.
func (s *stored) with(r *relay.Result) *relay.Result {
	switch {
	case s.result == nil:
		return r
	case r == nil:
		return s.result
	case !incomplete(r) || len(s.result.Attempts) == 0:
		return r
	}
	both := *r
	both.Attempts = slices.Clone(s.result.Attempts)
	both.Timing = s.result.Timing
	last := &both.Attempts[len(both.Attempts)-1]
	if n := len(r.Attempts); n > 0 {
		if own := &r.Attempts[n-1]; last.Usage == nil {
			last.Usage = own.Usage
		}
	}
	return &both
}
