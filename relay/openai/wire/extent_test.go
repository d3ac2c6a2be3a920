package wire

import "testing"

func TestExtent(t *testing.T) {
	doc := `{"a":"}\"{","b":[{"c":"\\"}],"d":{}}`
	for behind, want := range map[string]int{"": len(doc), "\n\ndata: [DONE]": len(doc), "}": len(doc)} {
		whole := doc + behind
		for step := 1; step <= len(whole); step++ {
			var e Extent
			end, read := 0, 0
			for ; end == 0 && read < len(whole); read += step {
				end = e.End([]byte(whole[:min(read+step, len(whole))]))
			}
			if end != want || read < end {
				t.Errorf("%q by %d: ends at %d after %d bytes, want %d", whole, step, end, read, want)
			}
		}
	}
	var e Extent
	if end := e.End([]byte(doc[:len(doc)-1])); end != 0 {
		t.Errorf("a document without its last byte ends at %d", end)
	}
}
