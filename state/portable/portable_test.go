package portable

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/state/session"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// talk is a chat with two answers to its first question, the first of which is shown, files, a failure and a result.
func talk() *Chat {
	at := func(m int) time.Time { return noon.Add(time.Duration(m) * time.Minute) }
	done := &relay.Result{ID: 7, Status: relay.StatusOK, Finish: "stop", Requested: "gpt-4.1", Asked: "gpt-4.1",
		Model: "gpt-4.1-2026", Endpoint: "sim",
		Usage: &relay.Usage{Input: 10, Output: 5, Total: 15}, Cost: relay.Cost{Amount: 42, Source: relay.SourceRelay},
		Wall:     at(2),
		Attempts: []relay.Attempt{{N: 1, Endpoint: "sim", Status: 200}}}
	failed := &relay.Result{ID: 8, Status: relay.StatusFailed, Err: &relay.Error{Class: relay.ClassRateLimit,
		Status: 429, Message: "slow down"}}
	r := session.Record{ID: "OLD", Title: "Tides — thủy triều", Titled: true, Model: "gpt-4.1", System: "Be short.",
		Pinned: true, Created: at(0), Updated: at(9),
		Params: relay.Params{"temperature": json.RawMessage("0"), "stop": json.RawMessage(`["x"]`)}, Active: 103, From: 101,
		FromAt: at(8), Draft: "half", Queue: []session.Prompt{{Text: "next"}}}
	return Of(r, []session.MessageRecord{
		{Chat: "OLD", ID: 101, Role: "user", Text: "Why?\n", Parts: []session.Part{{Name: "a.txt", Text: "x\n"},
			{Name: "b.png", Image: "data:image/png;base64,AAAA"}}, Created: at(0), Ended: true},
		{Chat: "OLD", ID: 104, Parent: 101, Role: "assistant", Created: at(3), Ended: true, Model: "gpt-4.1",
			Result: failed, Request: 8},
		{Chat: "OLD", ID: 103, Parent: 101, Role: "assistant", Text: "The moon.", Reasoning: "hm", Created: at(1),
			Ended: true, Model: "gpt-4.1", Result: done, Request: 7,
			Tools: []relay.ToolCall{{ID: "1", Name: "f", Arguments: "{"}}},
	})
}

func written(t testing.TB, c *Chat) string {
	t.Helper()
	var b bytes.Buffer
	if err := JSON(&b, c); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAnExportComesBackAsTheSameTree(t *testing.T) {
	first := written(t, talk())
	c, err := Parse([]byte(first))
	if err != nil {
		t.Fatalf("%v in\n%s", err, first)
	}
	c.Settle(noon.Add(time.Hour), "other", nil)
	r := c.Record
	if r.ID == "OLD" || r.Model != "gpt-4.1" || !r.Pinned || r.Messages != 2 || r.Cost != 42 || r.Draft != "" ||
		r.Queue != nil {
		t.Errorf("record %+v", r)
	}
	if r.From != c.Messages[0].ID {
		t.Errorf("sent from %d on", r.From)
	}
	if m := c.Messages[1]; m.Parent != c.Messages[0].ID || m.Chat != r.ID || m.Text != "The moon." || r.Active != m.ID {
		t.Errorf("message %+v", m)
	}
	c.Record.ID, c.Record.Cost, c.Record.Messages = "OLD", 0, 0
	if again := written(t, c); again != first {
		t.Errorf("exported again:\n%s\nfirst:\n%s", again, first)
	}
	// The program shows the settled chat.
	s := session.NewChats(nil)
	s.Restore(r)
	d := s.Get(r.ID)
	d.Load(c.Messages, nil)
	views := d.Views()
	if len(views) != 2 || views[1].Text != "The moon." || views[1].Siblings != 2 ||
		!slices.Equal(views[0].Parts, talk().Messages[0].Parts) {
		t.Errorf("shown %+v", views)
	}
}

// TestAnEstimateMakesTheSumOne, wherever it stands among the messages.
func TestAnEstimateMakesTheSumOne(t *testing.T) {
	for _, estimated := range [][]bool{{false, false}, {true, false}, {false, true}} {
		c := &Chat{Messages: make([]session.MessageRecord, 2)}
		for i, e := range estimated {
			c.Messages[i] = session.MessageRecord{ID: int64(i + 1), Role: relay.RoleAssistant,
				Result: &relay.Result{Cost: relay.Cost{Amount: 5, Source: relay.SourceUser, Estimated: e}}}
		}
		c.Settle(noon, "m", nil)
		if r := c.Record; r.Cost != 10 || r.Estimated != (estimated[0] || estimated[1]) {
			t.Errorf("of %v: %s, estimated: %v", estimated, r.Cost, r.Estimated)
		}
	}
}

func TestFiguresOutOfBoundsAreRefused(t *testing.T) {
	for _, bad := range []string{
		`"Usage":{"input":-1}`, `"Usage":{"cached":-1}`, `"Usage":{"cache_write":-1}`, `"Usage":{"output":-1}`,
		`"Usage":{"reasoning":-1}`, `"Usage":{"total":-1}`, `"Usage":{"cache_write":1000000000001}`,
		`"Usage":{"total":1000000000001}`, `"Cost":{"Amount":-1}`, `"Cost":{"List":-1}`, `"Cost":{"Part":-1}`,
		`"Cost":{"Amount":1000000000000000001}`, `"Cost":{"List":1000000000000000001}`,
		`"Cost":{"Part":1000000000000000001}`,
	} {
		_, err := Parse([]byte(`{"format":"relaytop.chat","version":1,"messages":[
			{"id":1,"role":"assistant","result":{` + bad + `}}]}`))
		if err == nil || !strings.Contains(err.Error(), "its result: ") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// TestAnImportSendsNothing: a file may contain prompts that wait to be sent.
func TestAnImportSendsNothing(t *testing.T) {
	c, err := Parse([]byte(`{"format":"relaytop.chat","version":1,"chat":{"draft":"half","queue":[{"text":"next"}],
		"compare":[{"model":"a"},{"model":"b"}],"heads":[1,1]},"messages":[{"id":1,"role":"user","text":"Why?"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if r := c.Record; r.Draft == "" || len(r.Queue) != 1 || len(r.Compare) != 2 || len(r.Heads) != 2 {
		t.Fatalf("read %+v", r)
	}
	c.Settle(noon, "m", nil)
	if r := c.Record; r.Draft != "" || r.Queue != nil || r.Compare != nil || r.Heads != nil {
		t.Errorf("settled %+v", r)
	}
}

func TestListsOfMessagesAreRead(t *testing.T) {
	for name, in := range map[string]string{
		"a list": `[{"role":"system","content":"Be short."},{"role":"user","content":[{"type":"text","text":"Why?"},
			{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
			{"role":"assistant","content":"The moon."}]`,
		"an object": "\xef\xbb\xbf" + `{"model":"gpt-4.1","temperature":0.5,"stream":true,"id":"x","system":"Be short.",
			"messages":[{"role":"user","content":[{"type":"text","text":"Why?"},
			{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
			{"role":"assistant","content":"The moon."}]}`,
	} {
		c, err := Parse([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c.Settle(noon, "deepseek-v3.2", relay.DefaultParams())
		shown := c.Shown()
		if len(shown) != 2 || shown[0].Text != "Why?" || len(shown[0].Parts) != 1 || shown[1].Text != "The moon." ||
			c.Record.System != "Be short." || c.Record.Title != "Why?" {
			t.Errorf("%s: %+v", name, c)
		}
		want := map[string]string{"a list": "deepseek-v3.2 0.7", "an object": "gpt-4.1 0.5"}[name]
		if got := c.Record.Model + " " + string(c.Record.Params["temperature"]); got != want ||
			c.Record.Params["id"] != nil || c.Record.Params["stream"] != nil {
			t.Errorf("%s: model and parameters %s, %v", name, got, c.Record.Params)
		}
	}
	c, err := Parse([]byte(`[{"role":"user","content":"a"},{"role":"assistant","content":null,
		"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","content":"r"}]`))
	if err != nil || len(c.LeftOut) != 1 || c.Messages[1].Tools[0].Name != "f" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestMistakesSayWhereTheyStand(t *testing.T) {
	ours := func(messages string) string {
		return "{\"format\":\"relaytop.chat\",\"version\":1,\n\"messages\":[\n" + messages + "]}"
	}
	for in, want := range map[string]string{
		"":                  "it is empty",
		" \n":               "it is empty",
		"[\n  {\"role\": x": "line 2, column 12: invalid character 'x' looking for beginning of value",
		"[] []":             "line 1, column 4: invalid character '[' after top-level value",
		"\n7":               "line 2, column 1: a list of messages is wanted, or an object that has one",
		"[]":                "line 1, column 1: there is no message of a user or an assistant in it",
		`{"a":1}`:           `line 1, column 1: the object has no "messages": it is no chat`,
		`{"messages":7}`:    "line 1, column 13: a list of messages is wanted here",
		"[{\"role\":\"user\",\"content\":\"a\"},\n {\"role\":\"judge\"}]": "" +
			`line 2, column 2: message 2: the role "judge" is not known`,
		"[{\"role\":7}]": "line 1, column 10: role can't be a JSON number",
		`[{"role":"user","content":7}]`: "line 1, column 2: message 1: its content is neither a " +
			"text nor a list of parts",
		`[{"role":"user","content":[{"type":"input_audio"}]}]`: `line 1, column 2: ` +
			`message 1: a part of the kind "input_audio" can't be kept`,
		`[{"role":"user","content":[{"type":"image_url","image_url":{"url":"file:///etc/passwd"}}]}]`: "" +
			"line 1, column 2: message 1: the image of a part " +
			"is neither a data:image URL nor one of the web",
		"\"caf\xe9\"":                      "line 1, column 5: it is not UTF-8 text",
		`{"format":"other","messages":[]}`: `line 1, column 11: the format "other" is not known: "relaytop.chat" is`,
		`{"format":"relaytop.chat","messages":[]}`: "line 1, column 11: the format has " +
			"no version",
		`{"format":"relaytop.chat","version":2,"messages":[]}`: "line 1, column 37: it was written " +
			"by a newer relaytop: version 2, this one reads up to 1",
		ours(`{"id":1,"role":"user"},` + "\n" +
			`{"id":1,"role":"assistant"}`): "line 4, column 1: message 2: the id 1 occurs twice",
		ours(`{"id":1,"parent":2,"role":"user"},{"id":2,"parent":1,"role":"user"}`): "line 3, column 1: message 1: its " +
			"parent 2 does not come before it",
		ours(`{"id":0,"role":"user"}`): "line 3, column 1: message 1: the " +
			"id 0 is not above 0",
		ours(`{"id":1,"role":"system"}`): `line 3, column 1: message 1: the role "system" is neither user nor assistant`,
		ours(`{"id":1,"role":"assistant","result":{"Usage":{"input":-1}}}`): "line 3, column 1: message 1: its " +
			"result: -1 tokens is out of range",
	} {
		if _, err := Parse([]byte(in)); err == nil || err.Error() != want {
			t.Errorf("%.80q: %v, want %s", in, err, want)
		}
	}
	if _, err := Read(bytes.NewReader(make([]byte, MostBytes+2))); err == nil ||
		err.Error() != "it is larger than 256 MiB" {
		t.Errorf("too large: %v", err)
	}
	if _, err := Parse([]byte("[" + strings.Repeat("{},", mostMessages) + "{}]")); err == nil ||
		!strings.Contains(err.Error(), "more than") {
		t.Errorf("too many: %v", err)
	}
}

func TestMarkdownIsWhatIsShown(t *testing.T) {
	var b bytes.Buffer
	if err := Markdown(&b, talk()); err != nil {
		t.Fatal(err)
	}
	want := "# Tides — thủy triều\n\ngpt-4.1 · 2026-03-01 12:00 · stop [\"x\"] · temperature 0\n\n## system\n\nBe " +
		"short.\n\n## you\n\nWhy?\n\na.txt:\n```\nx\n```\n\n" +
		"*image: b.png, 3 bytes*\n\n## gpt-4.1-2026\n\n<details><summary>reasoning</summary>\n\nhm\n\n</details>\n\nThe " +
		"moon.\n\ntool call f:\n```\n{\n```\n\n---\n\n" +
		"1 other messages of this chat are not shown here; an export as JSON holds them.\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestAFileIsNotReplacedUnasked(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "chat.json")
	for i, step := range []struct {
		replace bool
		want    error
		holds   string
	}{{false, nil, "0"}, {false, ErrExists, "0"}, {true, nil, "2"}} {
		err := Save(path, step.replace, func(w io.Writer) error {
			_, err := w.Write([]byte{byte('0' + i)})
			return err
		})
		got, _ := os.ReadFile(path)
		if !errors.Is(err, step.want) || string(got) != step.holds {
			t.Errorf("step %d: %v, the file holds %q", i, err, got)
		}
	}
	if err := Save(dir, true, nil); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	if link := filepath.Join(t.TempDir(), "link.json"); os.PathSeparator == '/' {
		if err := os.Symlink(path, link); err != nil {
			t.Fatal(err)
		}
		err := Save(link, true, func(io.Writer) error { return nil })
		if err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("a link: %v", err)
		}
	}
	left, _ := os.ReadDir(dir)
	info, err := os.Stat(path)
	if len(left) != 1 || err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("left %v, %v, %v", left, info.Mode(), err)
	}
}

func TestNamesOfFiles(t *testing.T) {
	for title, want := range map[string]string{"": "chat.md", "Why? ../../etc": "why-etc.md",
		"Thủy triều": "thủy-triều.md", "\x1b[2J/": "2j.md",
		strings.Repeat("long ", 40): "long-long-long-long-long-long-long-long.md"} {
		if got := FileName(title, "md"); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}

// FuzzImport: any file is refused with a position, or is a tree that is the same after an export and an import.
func FuzzImport(f *testing.F) {
	f.Add([]byte(written(f, talk())))
	f.Add([]byte(`[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"text","text":"b"}]}]`))
	f.Add([]byte(`{"messages":[{"role":"system","content":"s"},{"role":"user","content":""}],"temperature":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if err != nil {
			return
		}
		c.Settle(noon, "m", relay.DefaultParams())
		first := written(t, c)
		d, err := Parse([]byte(first))
		if err != nil {
			t.Fatalf("its export is refused: %v\n%s", err, first)
		}
		d.Settle(noon, "m", nil)
		d.Record.ID = c.Record.ID
		if again := written(t, d); again != first {
			t.Fatalf("it changed:\n%s\n%s", first, again)
		}
		s := session.NewChats(nil)
		s.Restore(d.Record)
		chat := s.Get(d.Record.ID)
		chat.Load(d.Messages, nil)
		if n := len(chat.Views()); n < len(d.Shown()) || n == 0 && len(d.Messages) > 0 {
			t.Fatalf("%d messages are shown, %d were to be", n, len(d.Shown()))
		}
	})
}

// TestFormats: a format is found by its name and by the extension of a file; an unknown one can't be written.
func TestFormats(t *testing.T) {
	for path, want := range map[string]string{
		"a.json": "json", "b/c.MD": "md", "d.markdown": "md", "e.txt": "", "json": "", "": "",
	} {
		if got := FormatOf(path); got != want {
			t.Errorf("FormatOf(%q) is %q, want %q", path, got, want)
		}
	}
	if FormatNames() != "json or md" || Extensions() != ".json or .md" {
		t.Errorf("names %q, extensions %q", FormatNames(), Extensions())
	}
	for _, f := range Formats() {
		var b strings.Builder
		if err := Write(&b, &Chat{}, f.Name); err != nil || b.Len() == 0 {
			t.Errorf("%s: %q, %v", f.Name, b.String(), err)
		}
	}
	if err := Write(io.Discard, &Chat{}, "html"); err == nil || IsFormat("html") {
		t.Error("html is taken for a format")
	}
}
