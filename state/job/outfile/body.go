package outfile

import (
	"bytes"
	"cmp"
	"encoding/json"

	"relaytop/relay"
)

// Body is a result as one non-streaming completion; nil if it is empty.
func Body(res *relay.Result) json.RawMessage {
	if len(res.Raw) > 0 {
		var b bytes.Buffer
		b.Grow(len(res.Raw))
		if json.Compact(&b, res.Raw) == nil {
			return b.Bytes()
		}
	}
	if res.Text == "" && res.Reasoning == "" && res.Refusal == "" && len(res.Tools) == 0 && !res.Status.Answered() {
		return nil
	}
	msg := completionMessage{Role: relay.RoleAssistant, Reasoning: res.Reasoning}
	if res.Text != "" || len(res.Tools) == 0 {
		msg.Content = &res.Text
	}
	if res.Refusal != "" {
		msg.Refusal = &res.Refusal
	}
	for _, t := range res.Tools {
		msg.Tools = append(msg.Tools, completionTool{ID: t.ID, Type: "function",
			Function: completionCall{Name: t.Name, Arguments: t.Arguments}})
	}
	body := completion{ID: cmp.Or(res.Remote, res.ID.String()), Object: "chat.completion", Created: res.Wall.Unix(),
		Model:   cmp.Or(res.Model, res.Asked, res.Requested),
		Choices: []completionChoice{{Message: msg, Finish: finish(res)}}}
	if u := res.AnswerUsage(); u != nil {
		body.Usage = &completionUsage{Prompt: u.Input, Completion: u.Output, Total: u.Total,
			PromptDetails: promptDetails{u.Cached}, CompletionDetails: completionDetails{u.Reasoning}}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil // it holds strings and numbers only
	}
	return raw
}

func finish(res *relay.Result) *string {
	if res.Finish == "" {
		return nil
	}
	return &res.Finish
}

type completion struct {
	ID      string             `json:"id"`
	Object  string             `json:"object"`
	Created int64              `json:"created"`
	Model   string             `json:"model"`
	Choices []completionChoice `json:"choices"`
	Usage   *completionUsage   `json:"usage,omitempty"`
}

type completionChoice struct {
	Index   int               `json:"index"`
	Message completionMessage `json:"message"`
	Finish  *string           `json:"finish_reason"`
}

type completionMessage struct {
	Role      string           `json:"role"`
	Content   *string          `json:"content"`
	Refusal   *string          `json:"refusal,omitempty"`
	Reasoning string           `json:"reasoning_content,omitempty"`
	Tools     []completionTool `json:"tool_calls,omitempty"`
}

type completionTool struct {
	ID       string         `json:"id"`
	Type     string         `json:"type"`
	Function completionCall `json:"function"`
}

type completionCall struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

type completionUsage struct {
	Prompt            int64             `json:"prompt_tokens"`
	Completion        int64             `json:"completion_tokens"`
	Total             int64             `json:"total_tokens"`
	PromptDetails     promptDetails     `json:"prompt_tokens_details"`
	CompletionDetails completionDetails `json:"completion_tokens_details"`
}

type promptDetails struct {
	Cached int64 `json:"cached_tokens"`
}

type completionDetails struct {
	Reasoning int64 `json:"reasoning_tokens"`
}

// Text is the visible text of a body, or "".
func Text(body json.RawMessage) string {
	var b struct {
		Choices []struct {
			Text    string `json:"text"`
			Message struct {
				Content any    `json:"content"`
				Refusal string `json:"refusal"`
			} `json:"message"`
		} `json:"choices"`
	}
	if len(body) == 0 || json.Unmarshal(body, &b) != nil || len(b.Choices) == 0 {
		return ""
	}
	c := b.Choices[0]
	text, _ := c.Message.Content.(string)
	return cmp.Or(text, c.Text, c.Message.Refusal)
}

// Answer is the text of an answer with its tool calls, and its reasoning. A body without choices, such as that of an
// embedding, is shown as it is.
func Answer(body json.RawMessage) (answer, reasoning string) {
	if len(body) == 0 {
		return "", ""
	}
	var b struct {
		Choices []struct {
			Message completionMessage `json:"message"`
		} `json:"choices"`
	}
	answer = Text(body)
	if json.Unmarshal(body, &b) != nil || len(b.Choices) == 0 {
		return cmp.Or(answer, string(body)), ""
	}
	m := &b.Choices[0].Message
	for _, t := range m.Tools {
		if answer != "" {
			answer += "\n\n"
		}
		answer += t.Function.Name + "(" + t.Function.Arguments + ")"
	}
	return answer, m.Reasoning
}
