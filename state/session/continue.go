package session

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"relaytop/relay"
)

// Why an answer can't be continued.
var (
	ErrComplete = errors.New("the answer is complete")
	ErrNothing  = errors.New("the answer has no text: there is nothing to continue")
)

// carryOn asks for the rest of an answer. It is sent and never stored: it is not the user's.
const carryOn = "Continue exactly where you stopped. Begin with the very next character, repeat nothing, add no remark."

// Cut reports whether an answer ended before it was complete.
func (v *View) Cut() bool {
	if v.Phase != Ended || v.Role != relay.RoleAssistant {
		return false
	}
	if v.Result == nil {
		return v.Partial
	}
	switch v.Result.Status {
	case relay.StatusTruncated, relay.StatusLength, relay.StatusIncomplete, relay.StatusCancelled, relay.StatusFailed,
		relay.StatusEmpty:
		return true
	case relay.StatusOK, relay.StatusFiltered:
	}
	return false
}

// Continuable is nil for an answer that can be continued, or says why it can't.
func (v *View) Continuable() error {
	switch {
	case v.Phase != Ended:
		return ErrStreaming
	case !v.Cut():
		return ErrComplete
	case v.Text == "":
		return ErrNothing
	}
	return nil
}

// Continue begins a sibling of an answer that was cut: it starts with that answer's text, and what the model adds
// follows. The old reasoning is not carried over.
func (s *Chats) Continue(c *Chat, id int64, at time.Time) (*Turn, error) {
	if err := c.ready(); err != nil {
		return nil, err
	}
	m := c.byID[id]
	if m == nil || m.view.Role != relay.RoleAssistant {
		return nil, ErrNoMessage
	}
	v := m.read()
	if err := v.Continuable(); err != nil {
		return nil, err
	}
	c.show(m)
	c.touched = true
	t := s.answer(c, c.above(m), at)
	t.answer.carry(v.Text)
	r := &t.Request
	r.Messages = append(r.Messages, relay.Message{Role: relay.RoleAssistant, Text: v.Text},
		relay.Message{Role: relay.RoleUser, Text: carryOn})
	delete(r.Params, "response_format") // the rest of a document does not have the format: held to it, a model starts over
	t.answer.prompted = relay.EstimateInput(r)
	return t, nil
}

// carry begins a message with the text of another one.
func (m *message) carry(text string) {
	m.texts.text.WriteString(text)
	m.stale = true
	m.carried(len(text))
	m.seam = newSeam(text)
}

func (m *message) carried(n int) {
	m.view.Carried, m.prior = n, estimateOf(m.texts.text.String()[:n])
}

// write adds to a text. The beginning of a continuation waits until it is known whether it repeats the end of the old
// text.
func (m *message) write(b *builder, text string) {
	if b == m.texts.text && m.seam != nil {
		known := false
		if text, known = m.seam.add(text); !known {
			return
		}
		m.seam = nil
	}
	b.WriteString(text)
}

// whole is the text of a result as the message holds it.
func (m *message) whole(text string) string {
	if m.view.Carried == 0 || text == "" {
		return text
	}
	before := m.texts.text.String()[:m.view.Carried]
	return before + unrepeated(tailOf(before), text)
}

const (
	seamLeast = 12      // minimum number of characters that must agree: fewer do by chance
	seamMost  = 4 << 10 // bytes of the old text's end that are compared, and so the most that can wait
)

// seam joins a continuation to the old text. A crash loses the text that waits, which so far repeats the old text.
type seam struct {
	before string // the end of it
	held   []byte
}

func newSeam(before string) *seam { return &seam{before: tailOf(before)} }

func tailOf(s string) string { return s[max(len(s)-seamMost, 0):] }

// add takes a piece, and returns the new text of all pieces once that is known. The result does not depend on how the
// text was cut into pieces.
func (s *seam) add(piece string) (text string, known bool) {
	s.held = append(s.held, piece...)
	held := string(s.held)
	// It may still be repeating as long as the old text contains all of it, followed by something.
	if n := len(s.before); len(held) < n && strings.Contains(s.before[:n-1], held) {
		return "", false
	}
	return unrepeated(s.before, held), true
}

// end returns the new text when nothing more follows.
func (s *seam) end() string { return unrepeated(s.before, string(s.held)) }

// unrepeated is text without the words at its beginning that before ends with. Words that before contains more than
// once are kept: they may be repeated on purpose, and the user notices a line too many, but not a missing one.
func unrepeated(before, text string) string {
	for n := min(len(before), len(text)); n >= seamLeast; n-- {
		same := text[:n]
		if !strings.HasSuffix(before, same) {
			continue
		}
		if utf8.RuneCountInString(strings.TrimSpace(same)) < seamLeast || strings.Index(before, same) < len(before)-n {
			break
		}
		return text[n:]
	}
	return text
}
