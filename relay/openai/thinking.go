package openai

import (
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

// thinking takes the reasoning out of the content of one answer.
type thinking struct {
	wire.Thoughts
	began  time.Time // of the first reasoning within the content
	heldAt time.Time // of the text that is held back
}

// addContent adds a piece of content. token: a part of it counts as a token now; out: that part is text.
func (a *answer) addContent(s string, at time.Time) (token, out bool) {
	sp := a.thinking.Add(s)
	token, out = a.addSplit(sp, at)
	switch {
	case !a.thinking.Holds():
		a.thinking.heldAt = time.Time{}
	case a.thinking.heldAt.IsZero() || sp.Late > 0:
		a.thinking.heldAt = at
	}
	return token, out
}

func (a *answer) addSplit(sp wire.Split, at time.Time) (token, out bool) {
	if sp.Moved {
		thought := strings.Trim(a.text.String()+sp.Reasoning, " \t\r\n")
		a.text.Reset()
		a.reasoning.WriteString(thought)
		a.reply.Visible = a.refusal.Len() > 0 || len(a.tools) > 0
		a.reply.Timing.FirstOut = time.Time{}
		a.emit(relay.Event{Kind: relay.Reread, Reason: a.reasoning.String()}, at)
		sp.Reasoning = ""
	}
	if sp.Inside {
		if a.thinking.began.IsZero() {
			a.thinking.began = at
		}
		token = true
		a.reasoning.WriteString(sp.Reasoning)
		a.emit(relay.Event{Kind: relay.Reasoning, Text: sp.Reasoning}, at)
	}
	if sp.Late > 0 {
		a.addText(sp.Text[:sp.Late], a.thinking.heldAt)
		a.stamp(a.thinking.heldAt, true)
	}
	if text := sp.Text[sp.Late:]; text != "" {
		token, out = true, true
		a.addText(text, at)
	}
	return token, out
}

func (a *answer) addText(s string, at time.Time) {
	a.text.WriteString(s)
	a.reply.Visible = a.reply.Visible || wire.Visible(s)
	a.emit(relay.Event{Kind: relay.Text, Text: s}, at)
}

// endContent ends the content. Reasoning that is not closed stays text if the answer is not broken off.
func (a *answer) endContent(whole bool) {
	content, reasoning := a.joiner.Rest()
	a.reasoning.WriteString(reasoning)
	now := time.Now()
	if content != "" {
		a.addContent(content, now)
	}
	a.addSplit(a.thinking.End(), now)
	raw, n := a.thinking.Open()
	if raw == "" || !whole {
		return
	}
	thought := a.reasoning.String()
	a.reasoning.Reset()
	a.reasoning.WriteString(thought[:max(len(thought)-n, 0)])
	a.text.WriteString(raw)
	a.reply.Visible = a.reply.Visible || wire.Visible(raw)
	if t := &a.reply.Timing; t.FirstOut.IsZero() {
		t.FirstOut = a.thinking.began
	}
	a.emit(relay.Event{Kind: relay.Reread, Text: a.text.String(), Reason: a.reasoning.String()}, a.thinking.began)
}
