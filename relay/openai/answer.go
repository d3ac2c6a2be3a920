package openai

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"relaytop/relay"
)

const (
	maxGaps  = 4096     // gaps kept of one answer
	maxCalls = 1024     // tool calls of one answer
	maxText  = 64 << 20 // bytes of text, reasoning and arguments that are kept of one answer
	maxName  = 200      // bytes of a model's name or a finish_reason
)

// answer folds chunks into a Reply and passes on what is new as events.
type answer struct {
	sink      relay.Sink
	base      relay.Event // what all events of this attempt share
	reply     relay.Reply
	text      strings.Builder
	reasoning strings.Builder
	refusal   strings.Builder
	tools     []*call
	bodyID    string
	kept      int     // bytes of text of any kind
	full      string  // why nothing more is taken; "" while it is
	half      [2]half // of the visible text and of the reasoning
}

// call is a tool call that is being put together.
type call struct {
	index    int
	id, name string
	args     strings.Builder
}

func (a *answer) emit(e relay.Event, at time.Time) {
	b := a.base
	b.Kind, b.Text, b.Index, b.Name, b.Reason, b.Status, b.Usage, b.At = e.Kind, e.Text, e.Index, e.Name, e.Reason, e.Status, e.Usage, at
	if b.At.IsZero() {
		b.At = time.Now()
	}
	a.sink(b)
}

// fold takes one chunk, which came at the given time. It reports whether the chunk bore a token.
func (a *answer) fold(c *chunk, at time.Time) bool {
	if c.model != "" {
		a.reply.Model = short(c.model)
	}
	if c.id != "" {
		a.bodyID = short(c.id)
	}
	if !a.room(c) {
		return false
	}
	if c.halves != nil || a.half != ([2]half{}) {
		var cut halves
		if c.halves != nil {
			cut = *c.halves
		}
		c.content, c.reasoning = a.half[0].join(c.content, cut.content), a.half[1].join(c.reasoning, cut.reasoning)
	}
	token := false
	if c.reasoning != "" {
		token = true
		a.reasoning.WriteString(c.reasoning)
		a.emit(relay.Event{Kind: relay.Reasoning, Text: c.reasoning}, at)
	}
	out := false
	if c.content != "" {
		out = true
		a.text.WriteString(c.content)
		a.reply.Visible = a.reply.Visible || visible(c.content)
		a.emit(relay.Event{Kind: relay.Text, Text: c.content}, at)
	}
	if c.refusal != "" {
		out, a.reply.Visible = true, true
		a.refusal.WriteString(c.refusal)
		a.emit(relay.Event{Kind: relay.Refusal, Text: c.refusal}, at)
	}
	for _, d := range c.tools {
		out = a.tool(d, at) || out
	}
	if token || out {
		a.stamp(at, out)
	}
	if c.finish != "" {
		a.reply.Finish = short(c.finish)
	}
	if c.cost != nil {
		a.reply.Reported = c.cost
	}
	if c.usage != nil && (a.reply.Usage == nil || *a.reply.Usage != *c.usage) {
		a.reply.Usage = c.usage
		u := *c.usage // the Reply's own may still change
		a.emit(relay.Event{Kind: relay.Metered, Usage: &u}, at)
	}
	return token || out
}

// room reports whether a chunk still fits. One that does not is left out as a whole: what is kept stays as it came.
func (a *answer) room(c *chunk) bool {
	a.kept += len(c.content) + len(c.reasoning) + len(c.refusal)
	for i := range c.tools {
		a.kept += len(c.tools[i].args) + len(c.tools[i].name)
	}
	if a.kept > maxText && a.full == "" {
		a.full = fmt.Sprintf("the answer is longer than %d MiB of text", maxText>>20)
	}
	return a.full == ""
}

// tool takes a piece of a tool call. Relays that give no index begin a call with its id or its name.
func (a *answer) tool(d toolDelta, at time.Time) bool {
	slot := -1
	for i, t := range a.tools {
		if d.index >= 0 && t.index == d.index {
			slot = i
		}
	}
	if slot >= 0 && d.index >= 0 && d.name != "" && d.id != "" && a.tools[slot].id != "" && d.id != a.tools[slot].id {
		slot = -1 // some give every call the index 0
	}
	if last := len(a.tools) - 1; d.index < 0 && last >= 0 && (d.id == "" && d.name == "" || d.id != "" && d.id == a.tools[last].id) {
		slot = last
	}
	if slot < 0 {
		if len(a.tools) == maxCalls {
			a.full = fmt.Sprintf("the answer has more than %d tool calls", maxCalls)
			return false
		}
		slot = len(a.tools)
		a.tools = append(a.tools, &call{index: d.index})
	}
	t := a.tools[slot]
	if d.id != "" {
		t.id = d.id
	}
	if d.name != "" && t.name != d.name { // some repeat the whole name in each piece
		t.name += d.name
	}
	t.args.WriteString(d.args)
	if d.name == "" && d.args == "" {
		return false
	}
	a.reply.Visible = true
	a.emit(relay.Event{Kind: relay.Tool, Index: int16(slot), Name: d.name, Text: d.args, Reason: d.id}, at)
	return true
}

// stamp notes a token-bearing chunk.
func (a *answer) stamp(at time.Time, out bool) {
	t := &a.reply.Timing
	if t.First.IsZero() {
		t.First = at
	} else if len(t.Gaps) < maxGaps {
		t.Gaps = append(t.Gaps, at.Sub(t.Last))
	}
	if out && t.FirstOut.IsZero() {
		t.FirstOut = at
	}
	t.Last = at
	t.Chunks++
}

// ending is what a finish_reason means.
type ending uint8

const (
	unfinished ending = iota
	complete
	tooLong
	filtered
	broken
)

func endingOf(finish string) ending {
	switch strings.ToLower(finish) {
	case "", "null":
		return unfinished
	case "length", "max_tokens", "max_output_tokens", "model_length":
		return tooLong
	case "content_filter", "safety", "recitation", "prohibited_content", "blocklist", "sensitive":
		return filtered
	case "error", "network_error", "insufficient_system_resource", "abort", "aborted", "malformed_function_call", "timeout", "cancelled", "canceled", "failed", "interrupted":
		return broken
	}
	return complete
}

// close makes the Reply: err is what ended the attempt, nil for an end in good order; how says in words how the stream ended.
func (a *answer) close(err *relay.Error, how string) relay.Reply {
	r := &a.reply
	a.text.WriteString(a.half[0].left())
	a.reasoning.WriteString(a.half[1].left())
	r.Text, r.Reasoning, r.Refusal = a.text.String(), a.reasoning.String(), a.refusal.String()
	if !slices.ContainsFunc(a.tools, func(t *call) bool { return t.index < 0 }) { // the relay's own order, where it named one
		slices.SortStableFunc(a.tools, func(x, y *call) int { return cmp.Compare(x.index, y.index) })
	}
	for _, t := range a.tools {
		r.Tools = append(r.Tools, relay.ToolCall{ID: t.id, Name: t.name, Arguments: t.args.String()})
	}
	if r.Remote == "" {
		r.Remote = a.bodyID
	}
	end := endingOf(r.Finish)
	switch {
	case end == tooLong:
		r.Status, err = relay.StatusLength, nil
	case end == filtered:
		r.Status = relay.StatusFiltered
		err = &relay.Error{Class: relay.ClassContentFilter, Status: r.HTTP, Message: "the provider's filter stopped the answer (finish_reason " + oneLine(r.Finish) + ")"}
	case end == complete && r.Visible:
		r.Status, err = relay.StatusOK, nil
	case err != nil && err.Class == relay.ClassCancelled:
		r.Status = relay.StatusCancelled
	default:
		if err == nil {
			err = a.missing(end, how)
		}
		switch {
		case r.Visible:
			r.Status, err = relay.StatusTruncated, cutShort(err)
		case err.Class == relay.ClassEmpty:
			r.Status = relay.StatusEmpty
		default:
			r.Status = relay.StatusFailed
		}
	}
	r.Err = err
	if u := r.Usage; u != nil && end == unfinished && (r.Status == relay.StatusTruncated || r.Status == relay.StatusCancelled) {
		doubted := *u // no answer ended with it: it is what came so far, or made up by the relay
		doubted.Estimated = true
		r.Usage = &doubted
	}
	return *r
}

// cutShort is what broke an answer that somebody has seen a part of: whatever it was, what is left is half an answer.
func cutShort(err *relay.Error) *relay.Error {
	if err.Class == relay.ClassTruncated {
		return err
	}
	e := *err
	e.Class, e.Message = relay.ClassTruncated, string(err.Class)+": "+err.Message
	return &e
}

// missing names what an answer lacks that ended in good order.
func (a *answer) missing(end ending, how string) *relay.Error {
	e := &relay.Error{Class: relay.ClassTruncated, Status: a.reply.HTTP}
	switch {
	case end == broken:
		e.Class, e.Message = relay.ClassUpstream, "the provider gave up (finish_reason "+oneLine(a.reply.Finish)+")"
	case a.reply.Visible:
		e.Message = how + " before any finish_reason: the answer is cut short"
	case a.reasoning.Len() > 0:
		e.Class, e.Message = relay.ClassEmpty, how+" after reasoning, without an answer"
		e.Hint = "if the reasoning took all that it might, raise max_tokens or lower reasoning_effort; else try again"
	default:
		e.Class, e.Message = relay.ClassEmpty, how+" without a word"
	}
	return e
}
