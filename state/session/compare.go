package session

import (
	"errors"
	"slices"
	"time"

	"relaytop/relay"
)

// MostCompared is how many models one prompt goes to at the same time.
const MostCompared = 4

// Errors of comparisons.
var (
	ErrTargets  = errors.New("a comparison is of two to four models")
	ErrNoColumn = errors.New("there is no such column")
)

// Target is the model that a column of a comparison asks.
type Target struct {
	Model    string `json:"model"`
	Endpoint string `json:"endpoint,omitempty"` // "": whichever the route chooses
}

// Column is one column of a comparison.
type Column struct {
	Target
	Question View
	Answer   View    // ID 0: nothing was asked yet
	Curve    []Point // of the answer's tokens over time; empty for one that was made before this start of the program
}

// Point is the estimated number of tokens at a time after the request was sent.
type Point struct {
	After  time.Duration
	Tokens int64
}

const (
	curveStep = 50 * time.Millisecond // minimum time between two points
	curveMost = 2000
)

// trace adds a point to the curve of an answer that is compared.
func (m *message) trace(at time.Time) {
	if !m.curve.kept || m.view.Sent.IsZero() {
		return
	}
	after := at.Sub(m.view.Sent)
	if n := len(m.curve.points); n > 0 && after-m.curve.points[n-1].After < curveStep || n >= curveMost {
		return
	}
	m.curve.points = append(m.curve.points, Point{After: after, Tokens: m.generated()})
}

// Compare makes a chat send its next prompts to several models at once. An empty list ends the comparison: the shown
// path goes on.
func (s *Chats) Compare(c *Chat, targets []Target) error {
	if len(targets) != 0 && (len(targets) < 2 || len(targets) > MostCompared) {
		return ErrTargets
	}
	if c.busy() {
		return ErrStreaming
	}
	c.rec.Compare, c.rec.Heads = slices.Clone(targets), nil
	c.change()
	s.list = s.next()
	return nil
}

// Adopt ends a comparison and goes on with the answer and the model of one column, counted from 0. The other answers
// stay as siblings; those in flight go on.
func (s *Chats) Adopt(c *Chat, column int) error {
	if column < 0 || column >= len(c.rec.Compare) {
		return ErrNoColumn
	}
	c.rec.Model = c.rec.Compare[column].Model
	if column < len(c.rec.Heads) {
		if m := c.byID[c.rec.Heads[column]]; m != nil {
			c.show(m)
		}
	}
	c.rec.Compare, c.rec.Heads = nil, nil
	c.rec.Messages = len(c.path())
	c.change()
	s.list = s.next()
	return nil
}

// Columns are the columns of the comparison; nil without one.
func (c *Chat) Columns() []Column {
	if len(c.rec.Compare) == 0 {
		return nil
	}
	out := make([]Column, len(c.rec.Compare))
	for i, t := range c.rec.Compare {
		out[i].Target = t
		if m := c.head(i); m != nil {
			out[i].Answer, out[i].Curve = *m.read(), m.curve.points[:len(m.curve.points):len(m.curve.points)]
			if q := m.parent; q != nil {
				out[i].Question = *q.read()
			}
		}
	}
	return out
}

// head is the newest answer of a column; nil before the first.
func (c *Chat) head(column int) *message {
	if column < len(c.rec.Heads) {
		return c.byID[c.rec.Heads[column]]
	}
	return nil
}

// Ask adds a prompt to a chat and begins an answer, or one for each column of a comparison. Only the first of the
// turns holds the prompt.
func (s *Chats) Ask(c *Chat, p Prompt, at time.Time) ([]*Turn, error) {
	if len(c.rec.Compare) == 0 {
		t, err := s.say(c, c.leaf(), p, at)
		return []*Turn{t}, err
	}
	var turns []*Turn
	// two columns with the same parent: they share the question
	asked := map[*message]*message{}
	heads := make([]int64, len(c.rec.Compare))
	for i := range c.rec.Compare {
		place := c.head(i)
		if place == nil {
			place = c.leaf()
			if len(turns) > 0 {
				place = c.above(turns[0].question)
			}
		}
		t, err := s.column(c, i, place, asked, p, at)
		if err != nil {
			for _, done := range slices.Backward(turns) {
				s.Undo(done)
			}
			return nil, err
		}
		turns = append(turns, t)
		heads[i] = t.answer.view.ID
	}
	c.rec.Heads = heads
	return turns, nil
}

// column asks one column's model, below the column's last message.
func (s *Chats) column(c *Chat, i int, place *message, asked map[*message]*message, p Prompt, at time.Time) (t *Turn,
	err error) {
	if q := asked[place]; q != nil {
		t = s.answer(c, q, at)
	} else if t, err = s.say(c, place, p, at); err != nil {
		return nil, err
	} else {
		asked[place] = t.question
	}
	s.target(t, c.rec.Compare[i])
	return t, nil
}

// target makes a turn one of a comparison: its own model, one attempt, and nothing by which the columns would differ.
func (s *Chats) target(t *Turn, to Target) {
	t.answer.curve.kept = true
	t.answer.view.Model = to.Model
	t.Request.Model, t.Request.Endpoint, t.Request.Once = to.Model, to.Endpoint, true
}

// Again asks a column's model for another answer to its last question.
func (s *Chats) Again(c *Chat, column int, at time.Time) (*Turn, error) {
	m := c.head(column)
	if m == nil || m.parent == nil {
		return nil, ErrNoColumn
	}
	if c.generating(m) {
		return nil, ErrStreaming
	}
	t := s.answer(c, m.parent, at)
	s.target(t, c.rec.Compare[column])
	c.rec.Heads = slices.Clone(c.rec.Heads) // an undo puts the old ones back
	c.rec.Heads[column] = t.answer.view.ID
	return t, nil
}

func (c *Chat) generating(m *message) bool { return slices.Contains(c.live, m) }

// busy reports whether an answer is in flight at the end of the shown path, or in any column.
func (c *Chat) busy() bool {
	if len(c.rec.Compare) == 0 {
		return c.generating(c.leaf())
	}
	for i := range c.rec.Compare {
		if m := c.head(i); m != nil && c.generating(m) {
			return true
		}
	}
	return false
}

// Requests are the requests of the answers in flight, in the order in which they were asked.
func (c *Chat) Requests() []relay.ID {
	ids := make([]relay.ID, len(c.live))
	for i, m := range c.live {
		ids[i] = m.view.Request
	}
	return ids
}

// Busy reports whether the next prompt has to wait.
func (c *Chat) Busy() bool { return c.busy() }
