package input

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// TestSeparators: the separator is the one that the file has, whatever its kind usually has.
func TestSeparators(t *testing.T) {
	for _, tt := range []struct {
		name, file, content string
		want                []string
	}{
		{"semicolon", "a.csv", "id;prompt\n1;Translate: hello\n2;\"Say \"\"hi\"\"; please\"\n3;Übersetze: schön 你好\n",
			[]string{"1=Translate: hello", "2=Say \"hi\"; please", "3=Übersetze: schön 你好"}},
		{"quoted names", "a.csv", "\"id\";\"prompt\"\r\n\"1\";\"a, b\"\r\n", []string{"1=a, b"}},
		{"tab", "a.csv", "id\tprompt\n1\ta, b; c\n", []string{"1=a, b; c"}},
		{"bar", "a.csv", "id|prompt\n1|a, b\n", []string{"1=a, b"}},
		{"semicolon in a TSV", "a.tsv", "id;prompt\n1;a\tb\n", []string{"1=a\tb"}},
		{"comma in a TSV", "a.tsv", "id,prompt\n1,a\tb\n", []string{"1=a\tb"}},
		{"a comma wins", "a.csv", "id,prompt;x\n1,a;b\n", nil},
		{"a decimal comma", "a.csv", "id;price 1,5;prompt\n1;2,5;a, b\n", []string{"1=a, b"}},
		{"a semicolon in a name", "a.csv", "id,x;y,prompt\n1,2,a; b\n", []string{"1=a; b"}},
		{"in a quoted name", "a.csv", "\"what; who?\"\na;b\n", []string{"row-1=a;b"}},
		{"a name of two lines", "a.csv", "\"first\nid\";prompt\n1;a\n", []string{"row-1=a"}},
		{"one column", "a.csv", "prompt\na;b|c\td\n", []string{"row-1=a;b|c\td"}},
		{"sep", "a.csv", "sep=;\nid;prompt\n1;a, b\n", []string{"1=a, b"}},
		{"sep, CRLF and BOM", "a.csv", "\xef\xbb\xbfSEP=|\r\nid|prompt\r\n\r\n1|a; b\r\n", []string{"1=a; b"}},
		{"sep, quoted", "a.csv", "\"sep=\t\"\nid\tprompt\n1\ta\n", []string{"1=a"}},
		{"sep against the kind", "a.tsv", "sep=,\nid,prompt\n1,\"a\"\n", []string{"1=a"}},
		{"sep without a name", "stdin", "sep=;\nid;prompt\n1;a\n", []string{"1=a"}},
		{"from a pipe", "stdin", "id;Prompt\n1;a, b\n", nil},
		{"from a pipe, by tabs", "stdin", "id\tprompt\n1\ta, b\n", []string{"1=a, b"}},
		{"text from a pipe", "stdin", "a prompt, please\nid;x\n", []string{"row-1=a prompt, please", "row-2=id;x"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.want == nil {
				if _, err := open(t, tt.file, tt.content); err == nil || !strings.Contains(err.Error(), "called prompt") {
					t.Errorf("got %v", err)
				}
				return
			}
			if got := rowsOf(t, tt.file, tt.content, "", false); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// TestLinesAreCountedBehindSep: a bad row is named by its line in the file.
func TestLinesAreCountedBehindSep(t *testing.T) {
	lines, err := open(t, "a.csv", "sep=;\nid;prompt\n1;a\n2\n")
	if err != nil || !slices.Equal(lines, []int{3, 4}) {
		t.Errorf("lines %v, %v", lines, err)
	}
}

// open reads a file and returns the lines of its records.
func open(t *testing.T, name, content string) (lines []int, err error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := Open(path, name, false)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	f := in.Format(nil)
	err = in.Records(t.Context(), f.SetHeader, func() {}, func(rec Record) error {
		lines = append(lines, rec.Line)
		return nil
	})
	return lines, err
}

func utf16Text(s string, low, high int) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u >> low))
		b.WriteByte(byte(u >> high))
	}
	return b.String()
}

// TestFilesThatAreNotWhatTheyLookLike are refused before a row is read, and the reason says what to do.
func TestFilesThatAreNotWhatTheyLookLike(t *testing.T) {
	table := "id;prompt\n1;Übersetze: schön 你好\n"
	pretty := "{\n  \"prompt\": \"x\",\n  \"id\": 1\n}\n"
	for _, tt := range []struct{ name, file, content, says string }{
		{"UTF-16 LE", "a.csv", utf16Text(table, 0, 8), "is UTF-16: save it as UTF-8"},
		{"UTF-16 BE", "a.txt", utf16Text(table, 8, 0), "is UTF-16"},
		{"UTF-16 with a mark", "a.csv", utf16Text("\ufeff"+table, 0, 8), "is UTF-16"},
		{"mostly Chinese", "a.txt", utf16Text(strings.Repeat("你好世界\n", 40), 0, 8), "is UTF-16"},
		{"Chinese, short", "a.txt", utf16Text("这是一个测试文本\n", 0, 8), "NUL bytes"},
		{"Chinese, long lines", "a.txt", utf16Text("你好\n"+strings.Repeat("这是一个测试文本", 200)+"\n", 8, 0), "save it as UTF-8"},
		{"a NUL", "a.txt", "hello\x00world\n", "NUL bytes"},
		{"a spreadsheet", "a.xlsx", "PK\x03\x04\x14\x00\x06\x00", "save it as CSV"},
		{"UTF-32 BE with a mark", "a.csv", "\x00\x00\xfe\xff\x00\x00\x00i\x00\x00\x00d", "is UTF-32: save it as UTF-8"},
		{"UTF-32 LE", "a.csv", "i\x00\x00\x00d\x00\x00\x00", "is UTF-32"},
		{"an old spreadsheet", "a.csv", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "old Office document"},
		{"a PDF", "a.txt", "%PDF-1.7\n", "is a PDF, not text"},
		{"bzip2", "a.csv.bz2", "BZh91AY&SY\x01\x02", "bzip2 archive, not text: unpack it"},
		{"zstd", "a.jsonl.zst", "\x28\xb5\x2f\xfd\x04", "zstd archive"},
		{"Parquet", "a.parquet", "PAR1\x15\x00\x15\x00\x15\x00", "Parquet file, not text"},
		{"a page", "a.csv", "\n<TABLE><tr><td>prompt</td></tr></TABLE>", "a web page or XML, not a table"},
		{"JSONL", "a.csv", "{\"id\":1,\"prompt\":\"a\"}\n{\"id\":2,\"prompt\":\"b\"}\n", "is JSONL, not a table"},
		{"CR alone", "a.csv", "id,prompt\r1,a\r2,b\r", "CR alone"},
		{"CR alone, LF in a cell", "a.csv", "id,prompt\r1,\"a\nb\"\r2,b\r", "CR alone"},
		{"CR alone, text", "a.txt", "one\rtwo", "CR alone"},
		{"CR alone, JSONL", "a.jsonl", "{\"prompt\":\"a\"}\r{\"prompt\":\"b\"}\r", "CR alone"},
		{"CR CR LF", "a.csv", "id,prompt\r\r\n1,a\r\r\n", "CR CR LF"},
		{"a blank before quotes", "a.csv", "id, \"prompt\"\n1,a\n", "the header, line 1, can't be read"},
		{"a quote in the header", "a.csv", "say \"prompt\"\nprompt\na\n", "the header, line 1, can't be read"},
		{"a header without an end", "a.csv", "id,\"prompt\n1,a\n", "the header, line 1, can't be read"},
		{"a header in Latin-1", "a.csv", "schl\xfcssel,prompt\n1,a\n", "the header is not UTF-8"},
		{"carets", "a.csv", "id^prompt\n1^a\n", `the header is one column, "id^prompt"`},
		{"a colon", "a.csv", "Prompt : lang\na : de\n", `if ":" separates its columns, name it in a line`},
		{"control characters", "a.csv", "id\x01prompt\n1\x01a\n", "the header is one column"},
		{"capitals", "a.csv", "Id,Prompt\n1,a\n", "but one Prompt: write it in lower case"},
		{"no names", "a.csv", ",,\n,,\nid,prompt,\n", "separators alone"},
		{"a table in quotes", "a.csv", "\"id;prompt\"\n\"1;a\"\n", "one column in quotes, \"id;prompt\""},
		{"sep of two letters", "a.csv", "sep=ab\nid;prompt\n1;a\n", "the separator is one character"},
		{"sep of nothing", "a.csv", "sep=\nid;prompt\n1;a\n", "the separator is one character"},
		{"pretty-printed", "a.jsonl", pretty, "one JSON document over several lines"},
		{"pretty-printed, more than one", "a.json", pretty + pretty, "one JSON document over several lines"},
		{"pretty-printed, from a pipe", "stdin", pretty, "one JSON document over several lines"},
		{"pretty-printed, long", "a.jsonl",
			"{\n  \"data\": [\n" + strings.Repeat("    {\"prompt\": \"x\"},\n", headSize/20) + "]}",
			"one JSON document over several lines"},
		{"an array", "a.json", "[{\"prompt\":\"x\"},\n{\"prompt\":\"y\"}]\n", "is a JSON array"},
		{"a pretty-printed array, from a pipe", "stdin", "[\n  \"x\",\n  \"y\"\n]\n", "is a JSON array"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := open(t, tt.file, tt.content)
			if !errors.Is(err, ErrUnusable) || !strings.Contains(err.Error(), tt.says) ||
				!strings.Contains(err.Error(), tt.file) && !strings.Contains(err.Error(), "header") &&
					!strings.Contains(err.Error(), "column") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestFilesThatAreWhatTheyAre: what resembles those is read.
func TestFilesThatAreWhatTheyAre(t *testing.T) {
	for _, tt := range []struct {
		name, file, content string
		want                []string
	}{
		{"a bad first row", "a.jsonl", "{\"prompt\":\n{\"prompt\":\"x\"}\n{\"prompt\":\"y\"}\n",
			[]string{"!not JSON: it ends too early", "row-2=x", "row-3=y"}},
		{"a chat a line", "a.jsonl", `[{"role":"user","content":"a"}]` + "\n" + `[{"role":"user","content":"b"}]` + "\n[1]\n",
			[]string{"row-1=a", "row-2=b", "!neither an object nor a string"}},
		{"commas between lines", "a.jsonl", "{\"prompt\":\"a\"},\n{\"prompt\":\"b\"}\n",
			[]string{"!not JSON: a comma follows the value, as in an array; lines need none between them", "row-2=b"}},
		{"a NUL far behind the beginning", "a.txt", strings.Repeat("x", headSize) + "\none\x00two\n",
			[]string{"row-1=" + strings.Repeat("x", headSize), "!a NUL byte, which no text has"}},
		{"CR in a cell", "a.csv", "id,prompt\n1,\"a\rb\"\n2,c\rd\n", []string{"1=a\rb", "2=c\rd"}},
		{"CR in the last line", "a.txt", "one\r", []string{"row-1=one"}},
		{"names with blanks", "a.csv", "id,\u00a0prompt\u200b \n1,a\n", []string{"1=a"}},
		{"two marks", "a.csv", "\ufeff\ufeffprompt,id\na,1\n", []string{"1=a"}},
		{"joined files", "a.jsonl", "{\"prompt\":\"a\"}\n\ufeff{\"prompt\":\"b\"}\n", []string{"row-1=a", "row-2=b"}},
		{"joined tables", "a.csv", "\ufeffid,prompt\n1,a\n\ufeff2,b\n", []string{"1=a", "2=b"}},
		{"a question", "a.csv", "prompt: in French\na\n", []string{"row-1=a"}},
		{"text in brackets", "a.txt", "[1] first\n{two}\n", []string{"row-1=[1] first", "row-2={two}"}},
		{"a list as text", "a.txt", "[1, 2]\n[3]\n", []string{"row-1=[1, 2]", "row-2=[3]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := rowsOf(t, tt.file, tt.content, "", false); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// TestKeysOfAnotherType: a prompt that is a chat is sent as one; any other key of the wrong type says so.
func TestKeysOfAnotherType(t *testing.T) {
	const chat = `[{"role":"system","content":"s"},{"role":"user","content":"u"}]`
	for _, tt := range []struct{ row, want string }{
		{`{"prompt":` + chat + `}`, "row-1=u"},
		{`{"prompt":[{"role":"user","content":[{"type":"text","text":"u"}]}]}`, "row-1="},
		{`{"prompt":null,"messages":` + chat + `}`, "row-1=u"},
		{`{"messages":null,"prompt":"p"}`, "row-1=p"},
		{`{"prompt":7}`, "!prompt is a number, neither text nor a list of messages"},
		{`{"prompt":true}`, "!prompt is true or false, neither text nor a list of messages"},
		{`{"prompt":{"role":"user"}}`, "!prompt is an object, neither text nor a list of messages"},
		{`{"prompt":null}`, "!prompt is null, neither text nor a list of messages"},
		{`{"prompt":[]}`, "!prompt is an empty list"},
		{`{"prompt":["a","b"]}`, "!message 1 of prompt is text, not an object with role and content"},
		{`{"messages":"hi"}`, "!messages is text, not a list of messages"},
		{`{"messages":{"role":"user","content":"u"}}`, "!messages is an object, not a list of messages"},
		{`{"messages":[{"content":"u"}]}`, "!message 1 of messages has no role"},
		{`{"messages":[{"role":1,"content":"u"}]}`, "!message 1 of messages has a role that is a number, not text"},
		{`{"messages":[{"role":"user","content":1}]}`,
			"!message 1 of messages has a content that is a number, neither text nor a list of parts"},
		{`{"messages":null}`, "!messages is null"},
		{`{"custom_id":["a"],"prompt":"p"}`, "!custom_id is a list, not text"},
		{`{"custom_id":true,"id":"a","prompt":"p"}`, "!custom_id is true or false, not text"},
		{`{"id":{"a":1},"prompt":"p"}`, "!id is an object, not text"},
		{`{"id":[],"custom_id":"a","prompt":"p"}`, "a=p"},
		{`{"custom_id":7,"prompt":"p"}`, "7=p"},
		{`{"body":[]}`, "!body is a list, not an object"},
		{`{"body":{"messages":"hi"}}`, "!messages of body is text, not a list of messages"},
		{`{"url":1,"body":{"messages":` + chat + `}}`, "!url is a number, not text"},
	} {
		if got := rowsOf(t, "a.jsonl", tt.row+"\n", "", false); len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s\ngot  %q\nwant %q", tt.row, got, tt.want)
		}
	}
	cells := "id,prompt\n1,\"" + strings.ReplaceAll(chat, `"`, `""`) + "\"\n2,[not a chat]\n3,\"[\"\"a\"\"]\"\n"
	if got := rowsOf(t, "a.csv", cells, "", false); !slices.Equal(got, []string{"1=u", "2=[not a chat]", `3=["a"]`}) {
		t.Errorf("cells: %q", got)
	}
}
