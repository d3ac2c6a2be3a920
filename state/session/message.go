package session

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"relaytop/relay"
)

// builder is append-only text. Earlier strings of it stay valid while it grows.
type builder = strings.Builder

// message is one node of a chat's tree.
type message struct {
	view     View // what is drawn; Text and the like are taken from the builders when it is read
	parent   *message
	children []*message
	child    int // index of the shown one
	texts    builders
	progress *relay.Progress  // of the request; nil: it has ended, or there was none
	tokens   relay.TokenCount // once it has ended
	prompted int64            // estimate of a user message, or of everything that was sent for an answer
	prior    int64            // estimate of what was carried over
	seam     *seam            // of a continuation, until its first new text is known
	chat     *Chat
	stale    bool // view's strings are older than the builders
	dirty    bool // differs from the disk
	ended    bool
	curve    curve
}

// builders hold the texts of a message as they grow.
type builders struct {
	text, reasoning, refusal *builder
	args                     []*builder // of view.Tools
}

func newBuilders() builders {
	return builders{text: new(builder), reasoning: new(builder), refusal: new(builder)}
}

// curve is the curve of an answer.
type curve struct {
	kept   bool    // the answer is in a column of a comparison
	points []Point // append-only
}

func (c *Chat) newMessage(id int64, role string, at time.Time) *message {
	return &message{view: View{ID: id, Role: role, Since: at, Sibling: 1, Siblings: 1}, chat: c, texts: newBuilders()}
}

// restart drops the text of an attempt that failed: the next attempt starts over.
func (m *message) restart() {
	m.texts.reasoning, m.texts.refusal, m.texts.args = new(builder), new(builder), nil
	if n := m.view.Carried; n > 0 {
		m.seam = newSeam(m.texts.text.String()[:n])
	}
	m.view.Tools, m.view.Out = nil, 0
	m.stale = true
}

// reread replaces the text and the reasoning of the attempt.
func (m *message) reread(ev *relay.Event) {
	carried := m.texts.text.String()[:m.view.Carried]
	m.texts.text, m.texts.reasoning, m.stale = new(builder), new(builder), true
	m.texts.text.WriteString(carried)
	if carried != "" {
		m.seam = newSeam(carried)
	}
	m.write(m.texts.text, ev.Text)
	m.texts.reasoning.WriteString(ev.Reason)
}

func (m *message) tool(ev *relay.Event) {
	i := int(ev.Index)
	if i < 0 || i > 255 {
		return
	}
	for len(m.texts.args) <= i {
		m.texts.args = append(m.texts.args, new(builder))
	}
	for len(m.view.Tools) <= i {
		m.view.Tools = append(slices.Clip(m.view.Tools), relay.ToolCall{})
	}
	if ev.Name != "" || ev.Reason != "" {
		tools := append([]relay.ToolCall(nil), m.view.Tools...) // earlier views keep theirs
		tools[i].Name = cmp.Or(ev.Name, tools[i].Name)
		tools[i].ID = cmp.Or(ev.Reason, tools[i].ID)
		m.view.Tools = tools
	}
	m.texts.args[i].WriteString(ev.Text)
}

// generated is the estimate of the answer's own tokens, without the text that was carried over.
func (m *message) generated() int64 {
	if m.progress != nil {
		return m.progress.Tokens.Tokens()
	}
	return m.tokens.Tokens()
}

// read brings the view up to date. Its cost does not depend on the length of the text.
func (m *message) read() *View {
	if m.stale {
		m.stale = false
		v := &m.view
		v.Text, v.Reasoning, v.Refusal = m.texts.text.String(), m.texts.reasoning.String(), m.texts.refusal.String()
		if v.Phase != Ended && len(m.texts.args) > 0 {
			tools := append([]relay.ToolCall(nil), v.Tools...)
			for i, a := range m.texts.args {
				tools[i].Arguments = a.String()
			}
			v.Tools = tools
		}
		if v.Phase != Ended && m.view.Result == nil {
			v.Out = max(v.Out, m.generated())
		}
		if price := m.chat.price; price != nil && v.Phase != Ended && v.Out > 0 {
			v.Cost, _ = price(v.Model, m.prompted, v.Out)
			v.Cost.Estimated = true
		}
	}
	return &m.view
}

// finish takes the result's text where it differs from the pieces: an answer that came in one piece, or from the
// cache.
func (m *message) finish(r *relay.Result) {
	replace := func(b **builder, s string) {
		if s != "" && (*b).String() != s {
			*b = new(builder)
			(*b).WriteString(s)
		}
	}
	if m.seam != nil {
		m.texts.text.WriteString(m.seam.end())
		m.seam = nil
	}
	replace(&m.texts.text, m.whole(r.Text))
	replace(&m.texts.reasoning, r.Reasoning)
	replace(&m.texts.refusal, r.Refusal)
	v := &m.view
	m.stale = true
	m.read()
	if len(r.Tools) > 0 {
		v.Tools = r.Tools
	}
	v.Phase, v.Result, v.Until, v.Cause = Ended, r, time.Time{}, nil
	if r.Asked != "" {
		v.Model = r.Asked
	}
	if u := r.AnswerUsage(); u != nil && u.Output > 0 {
		v.Out = u.Output
	}
	m.stale, m.ended = true, true
	m.read()
	if m.progress != nil {
		m.tokens, m.progress = m.progress.Tokens, nil
	}
}

// estimate is about how many tokens of a context the message takes.
func (m *message) estimate() int64 {
	if m.view.Role == relay.RoleUser {
		return m.prompted
	}
	if r := m.view.Result; r != nil && r.AnswerUsage() != nil {
		u := r.AnswerUsage()
		return m.prior + u.Output - u.Reasoning
	}
	return m.prior + m.generated()
}

func (m *message) record() MessageRecord {
	v := m.read()
	r := MessageRecord{Chat: m.chat.rec.ID, ID: v.ID, Role: v.Role, Text: v.Text, Carried: v.Carried, Parts: v.Parts,
		Reasoning: v.Reasoning, Refusal: v.Refusal,
		Tools: v.Tools, Model: v.Model, Request: v.Request, Created: v.Since, Ended: m.ended, Result: kept(v.Result)}
	if m.parent != nil {
		r.Parent = m.parent.view.ID
	}
	return r
}

// kept is a result as it is stored with its message: the message holds the texts, and a cause can't be encoded.
func kept(r *relay.Result) *relay.Result {
	if r == nil {
		return nil
	}
	k := *r
	k.Text, k.Reasoning, k.Refusal, k.Tools, k.Raw, k.Timing.Gaps = "", "", "", nil, nil, nil
	k.Attempts = append([]relay.Attempt(nil), r.Attempts...)
	for i := range k.Attempts {
		k.Attempts[i].Timing.Gaps = nil
	}
	if r.Err != nil {
		e := *r.Err
		e.Cause = nil
		k.Err = &e
	}
	return &k
}

func (c *Chat) restore(r *MessageRecord) *message {
	m := c.newMessage(r.ID, r.Role, r.Created)
	m.texts.text.WriteString(r.Text)
	m.texts.reasoning.WriteString(r.Reasoning)
	m.texts.refusal.WriteString(r.Refusal)
	m.carried(min(max(r.Carried, 0), len(r.Text))) // a file may hold any number
	own := r.Text[m.view.Carried:]
	m.tokens.Add(own)
	p := Prompt{Text: r.Text, Parts: r.Parts}
	m.prompted = p.Tokens()
	v := &m.view
	v.Parts = r.Parts
	v.Tools, v.Model, v.Request = r.Tools, r.Model, r.Request
	v.Partial = r.Role == relay.RoleAssistant && !r.Ended
	m.ended, m.stale = true, true
	if r.Result != nil {
		res := *r.Result
		res.Text, res.Reasoning, res.Refusal, res.Tools = own, r.Reasoning, r.Refusal, r.Tools
		v.Result = &res
		if u := res.AnswerUsage(); u != nil {
			v.Out = u.Output
		}
	}
	if v.Out == 0 && r.Role == relay.RoleAssistant {
		v.Out = m.generated()
	}
	v.Version = c.next()
	return m
}
