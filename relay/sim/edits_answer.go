package sim

import (
	"net/http"

	"relaytop/relay"
)

// editAnswer makes an Edit of the content.
func editAnswer(change func(*Request, *Answer)) Edit { return Edit{Answer: change} }

// Text answers with exactly this text.
func Text(text string) Edit {
	return editAnswer(func(_ *Request, a *Answer) { a.Text, a.Reasoning, a.Others = text, "", nil })
}

// Reason sends exactly this reasoning first, in the given field of the delta: reasoning_content, reasoning or
// reasoning_details.
func Reason(field, text string) Edit {
	return editAnswer(func(_ *Request, a *Answer) { a.ThinkField, a.Reasoning = field, text })
}

// ToolCalls answers with tool calls alone, their pieces interleaved.
func ToolCalls(calls ...relay.ToolCall) Edit {
	return editAnswer(func(_ *Request, a *Answer) { a.Text, a.Tools, a.Finish = "", calls, "tool_calls" })
}

// Choices answers with several choices, interleaved; the first is the regular one.
func Choices(others ...string) Edit {
	return editAnswer(func(_ *Request, a *Answer) { a.Others = others })
}

// Refuse answers with a refusal of the model.
func Refuse(text string) Edit {
	return editAnswer(func(_ *Request, a *Answer) { a.Text, a.Refusal = "", text })
}

// Finish ends with this finish_reason: length, content_filter, error; "" leaves it out.
func Finish(reason string) Edit { return editAnswer(func(_ *Request, a *Answer) { a.Finish = reason }) }

// ContentParts sends content as arrays of parts.
func ContentParts() Edit { return editAnswer(func(_ *Request, a *Answer) { a.Parts = true }) }

// Usage places the usage.
func Usage(mode UsageMode) Edit { return editAnswer(func(_ *Request, a *Answer) { a.Mode = mode }) }

// Counts sends this usage, whatever the text. Output must not be 0.
func Counts(u relay.Usage) Edit { return editAnswer(func(_ *Request, a *Answer) { a.Usage = u }) }

// AnsweredBy names a model in the reply other than the one requested.
func AnsweredBy(model string) Edit {
	return editAnswer(func(_ *Request, a *Answer) { a.Model = model })
}

// AsJSON answers with one JSON value, also to a stream request.
func AsJSON() Edit { return editAnswer(func(_ *Request, a *Answer) { a.Stream = false }) }

// AsSSE answers with a stream, also to a plain request.
func AsSSE() Edit { return editAnswer(func(_ *Request, a *Answer) { a.Stream = true }) }

// Code refuses with a status and an error object of this type, code and message.
func Code(status int, kind, code, message string) Edit {
	return editPlay(code, func(_ *Request, p *Play) {
		*p = *errorPlay(status, apiError{Message: message, Type: kind, Code: code})
	})
}

// NoQuota is a 429 that waiting does not end.
func NoQuota() Edit {
	return Code(http.StatusTooManyRequests, "insufficient_quota", "insufficient_quota",
		"You exceeded your current quota, please check your plan and billing details.")
}

// NoChannel is the 503 with which one-api and new-api answer an unknown model.
func NoChannel() Edit {
	return editPlay("no_channel", func(r *Request, p *Play) {
		*p = *errorPlay(http.StatusServiceUnavailable,
			apiError{Message: "当前分组 default 下对于模型 " + r.Model + " 无可用渠道 (request id: 20260101000000)", Type: "new_api_error"})
	})
}

// RefuseParam refuses requests that carry the parameter, with 400 in Groq's and OpenAI's words or 422 in Mistral's.
// Others are answered.
func RefuseParam(name string, status int) Edit {
	return editPlay("", func(r *Request, p *Play) {
		if !r.Has(name) {
			return
		}
		if status == http.StatusUnprocessableEntity {
			*p = *jsonPlay(status,
				map[string]any{"detail": []any{map[string]any{"type": "extra_forbidden", "loc": []string{"body", name},
					"msg": "Extra inputs are not permitted", "input": nil}}})
			p.Fault = "refused_" + name
			return
		}
		e := apiError{Message: "property '" + name + "' is unsupported", Type: "invalid_request_error", Param: name,
			Code: "unsupported_parameter"}
		switch name {
		case "max_tokens":
			e.Message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' " +
				"instead."
		case "temperature":
			e.Message = "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value " +
				"is supported."
			e.Code = "unsupported_value"
		}
		*p = *errorPlay(status, e)
		p.Fault = "refused_" + name
	})
}

// Redirect redirects to another URL.
func Redirect(status int, location string) Edit {
	return editPlay("redirect", func(_ *Request, p *Play) {
		*p = Play{Status: status, Header: map[string]string{"Location": location}}
	})
}

// Body answers with these bytes, one frame each, with this content type.
func Body(status int, contentType string, pieces ...string) Edit {
	return editPlay("body", func(_ *Request, p *Play) {
		*p = Play{Status: status, Header: map[string]string{"Content-Type": contentType}}
		for _, piece := range pieces {
			p.Frames = append(p.Frames, Frame{Raw: true, Data: piece})
		}
	})
}
