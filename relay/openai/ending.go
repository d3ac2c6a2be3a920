package openai

import (
	"cmp"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

// close makes the Reply. err is what ended the attempt; nil: a regular end, which how describes in words.
func (a *answer) close(err *relay.Error, how string) relay.Reply {
	r := &a.reply
	var end ending
	end, r.Finish = a.finish.judge()
	if err != nil && end == complete && !a.finish.late { // more was to come, if the word stands on every chunk
		end, r.Finish = unfinished, ""
	}
	a.endContent(err == nil || end != unfinished)
	r.Text, r.Reasoning, r.Refusal = a.text.String(), a.reasoning.String(), a.refusal.String()
	r.Tools = a.toolCalls()
	if r.Remote == "" {
		r.Remote = a.bodyID
	}
	switch {
	case end == tooLong:
		r.Status, err = relay.StatusLength, nil
	case end == filtered:
		r.Status = relay.StatusFiltered
		err = &relay.Error{Class: relay.ClassContentFilter, Status: r.HTTP,
			Message: "the provider's filter stopped the answer (finish_reason " + wire.OneLine(r.Finish) + ")"}
	case end == complete && r.Visible:
		r.Status, err = relay.StatusOK, nil
	case end == unknown && r.Visible:
		r.Status, err = relay.StatusIncomplete, nil
	case err != nil && err.Class == relay.ClassCancelled:
		r.Status = relay.StatusCancelled
	default:
		if err == nil {
			err = a.incomplete(end, how)
		}
		switch {
		case r.Visible:
			r.Status, err = relay.StatusTruncated, truncated(err)
		case err.Class == relay.ClassEmpty:
			r.Status = relay.StatusEmpty
		default:
			r.Status = relay.StatusFailed
		}
	}
	r.Err = err
	cut := r.Status == relay.StatusTruncated || r.Status == relay.StatusCancelled
	if u := r.Usage; u != nil && end == unfinished && cut {
		doubtful := *u // the answer has no end: this is a running count, or the relay made it up
		doubtful.Estimated = true
		r.Usage = &doubtful
	}
	return *r
}

// truncated turns the error that cut off a visible answer into one of ClassTruncated: whatever the cause, part of
// an answer has been seen.
func truncated(err *relay.Error) *relay.Error {
	if err.Class == relay.ClassTruncated {
		return err
	}
	e := *err
	e.Class, e.Message = relay.ClassTruncated, string(err.Class)+": "+err.Message
	return &e
}

// incomplete returns what is missing in an answer that has a regular end.
func (a *answer) incomplete(end ending, how string) *relay.Error {
	e := &relay.Error{Class: relay.ClassTruncated, Status: a.reply.HTTP}
	switch {
	case end == broken:
		e.Class, e.Message = relay.ClassUpstream, "the provider gave up (finish_reason "+wire.OneLine(a.reply.Finish)+")"
		if a.reply.Visible {
			e.Hint = "the provider broke the answer off: continue or regenerate"
		}
	case a.reply.Visible && a.finish.premature():
		e.Message = how + " without usage, and this relay sends a finish_reason before the end: the answer may be cut short"
	case a.reply.Visible:
		e.Message = how + " before any finish_reason: the answer is cut short"
	case a.reasoning.Len() > 0:
		e.Class, e.Message = relay.ClassEmpty, how+" after reasoning, without an answer"
		e.Hint = "if the reasoning used up the limit, raise max_tokens or lower reasoning_effort; else try again"
	default:
		e.Class, e.Message = relay.ClassEmpty, cmp.Or(unanswered(a.reply.HTTP), how+" without any text")
		if end == unknown {
			e.Message += " (finish_reason " + a.reply.Finish + ")"
		}
	}
	return e
}
