package job

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"relaytop/state/job/outfile"
)

// idsOf are the custom_ids of an output, each with the answer of its row.
func idsOf(t *testing.T, path string) (out []string) {
	t.Helper()
	for _, l := range outLines(t, path) {
		text := ""
		if l.Response != nil {
			text = "=" + outfile.Text(l.Response.Body)
		}
		out = append(out, l.CustomID+text)
	}
	return out
}

// TestIDsAreThoseOfTheInputAsItNowStands: answers are kept by what was asked, and each has the id that its row has
// now.
func TestIDsAreThoseOfTheInputAsItNowStands(t *testing.T) {
	for name, c := range map[string]struct {
		file, before, after string
		want                []string
	}{
		"a row before": {"in.csv", "prompt\napple\nbanana\ncherry\n", "prompt\nzebra\napple\ncherry\n",
			[]string{"row-1=re: zebra", "row-2=re: apple", "row-3=re: cherry"}},
		"a row less": {"in.txt", "a\nb\nc\n", "c\nb\n", []string{"row-1=re: c", "row-2=re: b"}},
		"own ids": {"in.csv", "id,prompt\nx,apple\ny,banana\n", "id,prompt\ny,apple\nx,banana\n",
			[]string{"y=re: apple", "x=re: banana"}},
		"ids came": {"in.jsonl", "{\"prompt\":\"p\"}\n{\"prompt\":\"q\"}\n",
			"{\"prompt\":\"p\"}\n{\"id\":\"row-1\",\"prompt\":\"q\"}\n", []string{"row-1=re: p", "row-1#2=re: q"}},
		"ids went": {"in.jsonl", "{\"id\":\"x\",\"prompt\":\"p\"}\n{\"id\":\"y\",\"prompt\":\"q\"}\n", "\"q\"\n\"p\"\n",
			[]string{"row-1=re: q", "row-2=re: p"}},
		"equal rows": {"in.csv", "id,prompt\nx,same\ny,same\n", "id,prompt\nz,same\nx,same\n",
			[]string{"z=re: same", "x=re: same"}},
		"a bad row before": {"in.jsonl", "\"p\"\n", "{\"id\":\"b\",\"x\":1}\n\"p\"\n", []string{"b", "row-2=re: p"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			b := open(t, dir, newFake(echo), nil)
			in, out := file(t, dir, c.file, c.before), filepath.Join(dir, "out.jsonl")
			id := start(t, b, Options{Input: in, Out: out, AllowDuplicate: true})
			wait(t, b, id)
			file(t, dir, c.file, c.after)
			start(t, b, Options{Resume: id, DropRemoved: true})
			wait(t, b, id)
			if got := idsOf(t, out); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			until(t, "the window has the ids", func() bool {
				return slices.EqualFunc(b.Rows(id, 0, len(c.want)), c.want, func(r Row, want string) bool {
					return r.ID != "" && (r.ID == want || r.ID+"="+r.Text == want)
				})
			})
		})
	}
}

// TestNoTwoRowsHaveOneID, whatever ids the input has: in the output, and in an export after the input is gone.
func TestNoTwoRowsHaveOneID(t *testing.T) {
	for name, c := range map[string]struct{ ids, want []string }{
		"numbered before":     {[]string{"a#2", "a", "a"}, []string{"a#2", "a", "a#3"}},
		"numbered after":      {[]string{"a", "a", "a#2"}, []string{"a", "a#3", "a#2"}},
		"numbered themselves": {[]string{"a", "a", "a#2", "a#2"}, []string{"a", "a#3", "a#2", "a#2#2"}},
		"like ours":           {[]string{"row-3", "", "", "row-3#2"}, []string{"row-3", "row-2", "row-3#3", "row-3#2"}},
		"many": {[]string{"a", "a", "a", "a#3", "a", "a#2"},
			[]string{"a", "a#4", "a#5", "a#3", "a#6", "a#2"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			b := open(t, dir, newFake(echo), nil)
			text := ""
			for _, id := range c.ids {
				line, err := json.Marshal(map[string]string{"id": id, "prompt": "same"})
				if err != nil {
					t.Fatal(err)
				}
				text += string(line) + "\n"
			}
			in, out := file(t, dir, "in.jsonl", text), filepath.Join(dir, "out.jsonl")
			id := start(t, b, Options{Input: in, Out: out, AllowDuplicate: true})
			wait(t, b, id)
			var got []string
			for _, l := range outLines(t, out) {
				got = append(got, l.CustomID)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if err := b.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(in); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "export.jsonl")
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := open(t, dir, newFake(echo), nil).Export(t.Context(), id, outfile.JSONL, f); err != nil {
				t.Fatal(err)
			}
			got = got[:0]
			for _, l := range outLines(t, path) {
				got = append(got, l.CustomID)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("exported without the input: %q\nwant                       %q", got, c.want)
			}
		})
	}
}
