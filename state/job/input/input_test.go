package input

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rowsOf reads a file: each row's id and prompt, or "!reason".
func rowsOf(t *testing.T, name, content, template string, paragraphs bool) (out []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := Open(path, name, paragraphs)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	tm, err := ParseTemplate(template)
	if err != nil {
		t.Fatal(err)
	}
	f := in.Format(tm)
	err = in.Records(t.Context(), f.SetHeader, func() {}, func(rec Record) error {
		row := Row{Bad: rec.Bad}
		if row.Bad == "" {
			row = f.Parse(rec.Data)
		}
		if row.Bad != "" {
			out = append(out, "!"+row.Bad)
		} else {
			out = append(out, cmp.Or(row.ID, RowName(len(out)))+"="+row.Prompt())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestKinds(t *testing.T) {
	for _, tt := range []struct {
		name, file, content, template string
		want                          []string
	}{
		{"text", "a.txt", "one\n\n  \ntwo\r\nthree", "", []string{"row-1=one", "row-2=two", "row-3=three"}},
		{"bom", "a.txt", "\xef\xbb\xbfone\ntwo\n", "", []string{"row-1=one", "row-2=two"}},
		{"line separators are data", "a.txt", "a\u2028b\u0085c\rd\n", "", []string{"row-1=a\u2028b\u0085c\rd"}},
		{"paragraphs", "a.txt", "a\r\nb\r\n\r\n\nc\n", "", []string{"row-1=a\nb", "row-2=c"}},
		{"strings", "a.jsonl", "\"x\"\n\"y\\u2028\"\n", "", []string{"row-1=x", "row-2=y\u2028"}},
		{"prompts", "a.jsonl", `{"prompt":"p","id":7}` + "\n" + `{"messages":[{"role":"user","content":"m"}]}`, "",
			[]string{"7=p", "row-2=m"}},
		{"batch", "a.jsonl", `{"custom_id":"c","method":"POST","url":"/v1/chat/completions",` +
			`"body":{"messages":[{"role":"user","content":"m"}]}}`, "", []string{"c=m"}},
		{"template", "a.jsonl", `{"lang":"de","text":"hi"}` + "\n" + `{"text":"hi"}`, "to {{ lang }}: {{text}}",
			[]string{"row-1=to de: hi", "!the template's {{lang}} is not in the row"}},
		{"csv", "a.csv", "id,prompt\r\nx,\"one\r\ntwo\"\r\n\r\ny,three\r\n", "", []string{"x=one\ntwo", "y=three"}},
		{"csv, one column", "a.csv", "question\nwhy?\n", "", []string{"row-1=why?"}},
		{"csv, bad rows", "a.csv", "id,prompt\nx\ny,\"a\"b\nz,ok\n", "",
			[]string{"!CSV: 1 columns, the header has 2", "!CSV: extraneous or missing \" in quoted-field", "z=ok"}},
		{"csv, open quote", "a.csv", "id,prompt\nx,\"open\ny,two\nz,three\n", "",
			[]string{"!CSV: a quote is opened and never closed", "y=two", "z=three"}},
		{"tsv", "a.tsv", "id\tprompt\na\tb, c\n", "", []string{"a=b, c"}},
		{"sniffed", "a.dat", `{"prompt":"p"}` + "\n", "", []string{"row-1=p"}},
		{"bad rows", "a.jsonl",
			"{\"prompt\":\"p\"}\n{\"prompt\":\n[1]\n{\"x\":1}\n\"\xff\"\n{\"body\":1}\n{\"prompt\":\" \"}\n", "",
			[]string{"row-1=p", "!not JSON: it ends too early", "!neither an object nor a string",
				"!none of the keys body, messages and prompt, and no template (--template) that says what to ask",
				"!not UTF-8", "!body is a number, not an object", "!the prompt is empty"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := rowsOf(t, tt.file, tt.content, tt.template, tt.name == "paragraphs")
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestIDsThatLookLikeOurs(t *testing.T) {
	s := NewIDs()
	for i, id := range []string{"", "", "row-1", "", "x", "row-4"} {
		s.Add(id, i)
	}
	if got := s.Repeats(); len(got) != 2 || got[2] != 2 || got[5] != 2 {
		t.Errorf("%v", got)
	}
}

func TestAnErrorHasItsMessageAlone(t *testing.T) {
	err := fmt.Errorf("rows: %w", Unusable("opening %s: %w", "rows.csv", fs.ErrClosed))
	var unusable *Error
	if !errors.As(err, &unusable) || unusable.Message != "opening rows.csv: file already closed" {
		t.Errorf("%+v", unusable)
	}
	if err.Error() != "rows: unusable input: opening rows.csv: file already closed" ||
		!errors.Is(err, ErrUnusable) || !errors.Is(err, fs.ErrClosed) {
		t.Error(err)
	}
}

// TestPermissionErrorIsExplained: the tests may run as root, who may read everything, so the system's error is made
// up.
func TestPermissionErrorIsExplained(t *testing.T) {
	err := openError("rows.csv", &fs.PathError{Op: "open", Path: "rows.csv", Err: fs.ErrPermission})
	s := err.Error()
	if !errors.Is(err, ErrUnusable) || !strings.Contains(s, "no permission to read rows.csv") ||
		!strings.Contains(s, "chmod") {
		t.Error(err)
	}
}
