package job

import (
	"os"
	"strings"
	"testing"

	"relaytop/relay"
)

func TestAWholeRowHasAllOfItsTexts(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat("a long answer ", 1000)
	f := newFake(func(n int, req relay.Request) *relay.Result {
		switch promptIn(req) {
		case "fail":
			return failed(relay.ClassAuth)
		case "hang":
			return nil
		}
		return ok(long)
	})
	b := open(t, dir, f, nil)
	in := `{"id":"a","messages":[{"role":"system","content":"be kind"},{"role":"user","content":"say much"}]}` + "\n" +
		`{"id":"b","prompt":"hang"}` + "\nnot json\n"
	path := file(t, dir, "in.jsonl", in)
	id := start(t, b, Options{Input: path, Concurrency: 2})
	until(t, "one hangs and one is answered", func() bool {
		h, _ := b.Header(id)
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(f.hung) == 1 && h.OK == 1
	})
	w, err := b.Whole(id, 1)
	if err != nil || w.Answer != long || w.ID != "a" || len(w.Prompt) != 2 || w.Prompt[0].Text != "be kind" ||
		w.Finish != "stop" && w.Outcome != RowOK || w.Usage.Output != 5 || w.Endpoint != "e" || w.At.IsZero() {
		t.Errorf("%v: %d bytes, %+v", err, len(w.Answer), w.Row)
	}
	if w, err = b.Whole(id, 2); err != nil || !w.Live() || w.Answer != "partial" || w.Prompt[0].Text != "hang" {
		t.Errorf("in flight: %v, %+v", err, w)
	}
	if w, err = b.Whole(id, 3); err != nil || w.Outcome != RowSkipped || w.Prompt[0].Text != "not json" ||
		!strings.Contains(w.Reason, "not JSON") {
		t.Errorf("a bad row: %v, %+v", err, w)
	}
	if _, err = b.Whole(id, 4); err == nil {
		t.Error("there is a fourth row")
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(in, "much", "less")), 0o600); err != nil {
		t.Fatal(err)
	}
	if w, err = b.Whole(id, 1); err != nil || w.Answer != long || w.PromptErr == "" || w.Prompt != nil {
		t.Errorf("the input was changed: %v, %+v", err, w.Prompt)
	}
}
