package openai

import (
	"encoding/json"
	"strings"

	"relaytop/relay"
)

const (
	imageTokens  = 1000 // an image, whatever its size
	framedTokens = 4    // role and separators of one message
)

// estimate fills in what the relay did not count, and marks it. An attempt that brought nothing used nothing that we know of.
func estimate(r *relay.Reply, req *relay.Request) {
	out := relay.EstimateTokens(r.Text + r.Reasoning + r.Refusal)
	for _, t := range r.Tools {
		out += relay.EstimateTokens(t.Name + t.Arguments)
	}
	if out == 0 || r.Usage != nil && r.Usage.Output > 0 && r.Usage.Input > 0 {
		return
	}
	var u relay.Usage
	if r.Usage != nil {
		u = *r.Usage
	}
	if u.Output == 0 {
		u.Output, u.Estimated = out, true
	}
	if u.Input == 0 {
		u.Input, u.Estimated = input(req), true
	}
	u.Total = u.Input + u.Output
	r.Usage = &u
}

// input estimates the tokens of what was asked.
func input(req *relay.Request) int64 {
	if len(req.Body) > 0 {
		var doc map[string]any
		if json.Unmarshal(req.Body, &doc) != nil {
			return 0
		}
		return words(doc["messages"]) + words(doc["prompt"]) + words(doc["input"]) + words(doc["tools"])
	}
	var n int64
	for _, m := range req.Messages {
		n += framedTokens
		if len(m.Parts) == 0 {
			n += relay.EstimateTokens(m.Text)
		}
		for _, p := range m.Parts {
			n += relay.EstimateTokens(p.Text)
			if p.Image != "" {
				n += imageTokens
			}
		}
		for _, c := range m.ToolCalls {
			n += relay.EstimateTokens(c.Name + c.Arguments)
		}
	}
	return n
}

// words counts all texts in a JSON value; an image inside it is an image, not a megabyte of text.
func words(v any) (n int64) {
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, "data:") {
			return imageTokens
		}
		return relay.EstimateTokens(v)
	case []any:
		for _, item := range v {
			n += words(item)
		}
	case map[string]any:
		for _, item := range v {
			n += words(item)
		}
	}
	return n
}
