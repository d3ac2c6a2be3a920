package wire

import (
	"encoding/json"
	"slices"
)

// RewriteNames returns a plain answer with the names at its top that are not part of what was answered (its id, the
// model, the provider) passed through rewrite. The values of all other fields stay as they came, byte for byte.
func RewriteNames(doc []byte, rewrite func(string) string) []byte {
	fields, err := split(doc)
	if err != nil {
		return doc
	}
	changed := false
	for i, f := range fields {
		var name string
		if !slices.Contains(answerNames(), f.key) || json.Unmarshal(f.raw, &name) != nil {
			continue
		}
		if s := rewrite(name); s != name {
			fields[i].raw, changed = quote(s), true
		}
	}
	if !changed {
		return doc
	}
	return join(fields)
}

func answerNames() []string {
	return []string{"id", "model", "provider", "system_fingerprint", "request_id", "object", "service_tier"}
}
