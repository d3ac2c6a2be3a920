package job

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relaytop/relay"
)

const ageSchema = `{"type":"object","properties":{"age":{"type":"integer","minimum":0}},"required":["age"],
	"additionalProperties":false}`

func TestAnUnusableSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	secret := file(t, dir, "secret.json", `{"type":"integer"}`)
	f := newFake(echo)
	b := open(t, dir, f, nil)
	for _, rule := range []string{`{`, `[]`, `"x"`, `{"type":"number","minimum":"a"}`, `{"$ref":"file://` + secret + `"}`,
		`{"$ref":"http://127.0.0.1:1/x.json"}`, `{"type":"string","pattern":"("}`} {
		_, err := b.Start(Options{Input: file(t, dir, "in.txt", "x\n"), Schema: json.RawMessage(rule)})
		if err == nil || startsRun(t, dir) {
			t.Errorf("%s was taken: %v", rule, err)
		}
	}
	if f.count() > 0 {
		t.Errorf("%d rows were sent", f.count())
	}
}

func startsRun(t *testing.T, dir string) bool {
	t.Helper()
	found, err := os.ReadDir(filepath.Join(dir, "runs"))
	return err != nil || len(found) > 0
}

// An answer that does not fit fails its row, is kept, and is sent again by a retry alone.
func TestAnAnswerThatDoesNotFitFailsItsRow(t *testing.T) {
	dir := t.TempDir()
	good := false
	answer := func(_ int, req relay.Request) *relay.Result {
		if good || strings.Contains(promptIn(req), "prompt 2") {
			return ok(`{"age":2}`)
		}
		return ok(`{"age":"two"}`)
	}
	f := newFake(answer)
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(3)), Schema: json.RawMessage(ageSchema)})
	h := wait(t, b, id)
	if h.State != Finished || h.OK != 1 || h.Failed != 2 || h.ByClass[relay.ClassSchema] != 2 {
		t.Fatalf("%+v", h)
	}
	if !strings.Contains(string(f.sent[0].Params["response_format"]), `"json_schema"`) {
		t.Errorf("sent %s", f.sent[0].Params)
	}
	lines := outLines(t, h.Out)
	if l := lines[0]; l.Error == nil || l.Error.Code != "schema" || l.Response == nil || l.Response.Status != 200 ||
		!strings.Contains(string(l.Response.Body), "two") || l.Ours.Outcome != stateFailed {
		t.Errorf("%+v", l)
	}
	if bad := outLines(t, h.Errors); len(bad) != 2 {
		t.Errorf("%d lines in the errors", len(bad))
	}
	id = start(t, b, Options{Resume: id}) // what failed stays failed
	if again := wait(t, b, id); again.Failed != 2 || f.count() != 3 || again.Cost != h.Cost {
		t.Errorf("%d sent: %+v", f.count(), again)
	}
	good = true
	id = start(t, b, Options{Resume: id, RetryFailed: true})
	if again := wait(t, b, id); again.OK != 3 || f.count() != 5 || len(again.ByClass) != 0 {
		t.Errorf("%d sent: %+v", f.count(), again)
	}
}

func TestOnlyChatRowsAreAskedForTheSchema(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(_ int, req relay.Request) *relay.Result { return ok(`{"age":2}`) })
	b := open(t, dir, f, nil)
	in := file(t, dir, "in.jsonl", `{"custom_id":"a","body":{"messages":[{"role":"user","content":"x"}]}}
{"custom_id":"b","body":{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_object"}}}
{"custom_id":"c","url":"/v1/embeddings","body":{"input":"x"}}
`)
	h := wait(t, b, start(t, b, Options{Input: in, Schema: json.RawMessage(ageSchema), Concurrency: 1}))
	if h.OK != 3 {
		t.Fatalf("%+v", h)
	}
	for i, want := range []string{`"json_schema"`, `"json_object"`, ``} {
		body := string(f.sent[i].Body)
		if got := strings.Contains(body, "response_format"); got != (want != "") || !strings.Contains(body, want) {
			t.Errorf("row %d was sent as %s", i+1, body)
		}
	}
}

// Twenty answers in a row that do not fit stop the run, as twenty refusals do.
func TestARunStopsWhereNothingFits(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(60)), Schema: json.RawMessage(ageSchema)})
	if h := wait(t, b, id); h.State != Paused || h.Stopped != StopAlike || f.count() > 40 {
		t.Errorf("%d sent: %+v", f.count(), h)
	}
}
