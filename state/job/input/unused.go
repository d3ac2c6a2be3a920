package input

// unused returns the parameters of a request that stand beside a prompt or messages, where only a template reads
// them.
func (f *Format) unused(o map[string]any) (keys []string) {
	for _, k := range [...]string{"model", "system", "temperature", "top_p", "max_tokens", "max_completion_tokens", "stop",
		"seed", "reasoning_effort", "response_format", "tools", "tool_choice"} {
		if o[k] != nil && !f.Template.reads(k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// reads reports whether a template has a variable.
func (t Template) reads(name string) bool {
	for i, piece := range t {
		if i%2 == 1 && piece == name {
			return true
		}
	}
	return false
}
