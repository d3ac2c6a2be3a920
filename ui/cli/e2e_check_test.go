package cli_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
)

var decimal = regexp.MustCompile(`^-?\d+(\.\d+)?$`)

// cmdJSON checks that a file, or stdout, is exactly one JSON object of a shape: json stdout shape.txt. A line of the
// shape is a path and the expected value: types joined by |, or =VALUE. A name with [] stands for each element of the
// array.
func cmdJSON(ts *testscript.TestScript, _ bool, args []string) {
	d := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	d.UseNumber()
	var root any
	ts.Check(d.Decode(&root))
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		ts.Fatalf("more than one JSON value")
	}
	if _, ok := root.(map[string]any); !ok {
		ts.Fatalf("not an object")
	}
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		path, want, _ := strings.Cut(strings.TrimSpace(line), " ")
		if path == "" {
			continue
		}
		found := walk(ts, root, strings.Split(path, "."), path)
		for _, v := range found {
			if !fits(v, strings.TrimSpace(want)) {
				ts.Fatalf("%s is %v (%T), want %s", path, v, v, want)
			}
		}
	}
}

func walk(ts *testscript.TestScript, v any, path []string, whole string) []any {
	if len(path) == 0 {
		return []any{v}
	}
	name, each := strings.CutSuffix(path[0], "[]")
	o, ok := v.(map[string]any)
	if !ok {
		ts.Fatalf("%s: %s is not in an object but in %v", whole, path[0], v)
	}
	v, ok = o[name]
	if !ok {
		ts.Fatalf("%s: there is no %s", whole, name)
	}
	if !each {
		return walk(ts, v, path[1:], whole)
	}
	list, _ := v.([]any)
	if len(list) == 0 {
		ts.Fatalf("%s: %s is empty", whole, name)
	}
	var found []any
	for _, e := range list {
		found = append(found, walk(ts, e, path[1:], whole)...)
	}
	return found
}

func fits(v any, want string) bool {
	if exact, ok := strings.CutPrefix(want, "="); ok {
		if s, ok := v.(string); ok {
			return s == exact
		}
		raw, _ := json.Marshal(v) // it was decoded from JSON
		return string(raw) == exact
	}
	for kind := range strings.SplitSeq(want, "|") {
		if is(v, kind) {
			return true
		}
	}
	return false
}

func is(v any, kind string) bool {
	switch x := v.(type) {
	case nil:
		return kind == "null"
	case bool:
		return kind == "bool"
	case string:
		return kind == "string" || kind == "text" && x != "" || kind == "money" && decimal.MatchString(x)
	case json.Number:
		_, err := strconv.ParseInt(x.String(), 10, 64)
		return kind == "number" || kind == "int" && err == nil || kind == "some" && x.String() != "0"
	case []any:
		return kind == "array"
	}
	return kind == "object"
}

// cmdLines checks the number of lines of a file: lines out.jsonl 20
func cmdLines(ts *testscript.TestScript, _ bool, args []string) {
	if got := strings.Count(ts.ReadFile(args[0]), "\n"); strconv.Itoa(got) != args[1] {
		ts.Fatalf("%s has %d lines, want %s", args[0], got, args[1])
	}
}

// cmdRows checks that the output of a batch has exactly one line for each of row-1 .. row-N, in this order, each with
// an answer: rows out.jsonl 20
func cmdRows(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	in := bufio.NewScanner(strings.NewReader(ts.ReadFile(args[0])))
	in.Buffer(nil, 16<<20)
	n := 0
	for in.Scan() {
		var line struct {
			ID       string `json:"custom_id"`
			Response *struct {
				Status int `json:"status_code"`
				Body   struct {
					Choices []struct {
						Message struct{ Content string }
					}
				}
			}
			Error any
		}
		ts.Check(json.Unmarshal(in.Bytes(), &line))
		if n++; line.ID != "row-"+strconv.Itoa(n) {
			ts.Fatalf("line %d is of %s", n, line.ID)
		}
		if line.Error != nil || line.Response == nil || line.Response.Status != 200 ||
			len(line.Response.Body.Choices) != 1 || line.Response.Body.Choices[0].Message.Content == "" {
			ts.Fatalf("line %d is not an answer: %s", n, in.Text())
		}
	}
	if n != want {
		ts.Fatalf("%d lines, want %d", n, want)
	}
}

// cmdPrompts writes a text file with a number of prompts: prompts many.txt 1000
func cmdPrompts(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "prompt %d\n", i+1)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}

// cmdNowhere checks that a text is in no file below a folder, and was never printed: nowhere sk-secret data
func cmdNowhere(ts *testscript.TestScript, _ bool, args []string) {
	if strings.Contains(stageOf(ts).printed.String(), args[0]) {
		ts.Fatalf("%s was printed", args[0])
	}
	files := 0
	for _, dir := range args[1:] {
		ts.Check(filepath.WalkDir(ts.MkAbs(dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			raw, err := os.ReadFile(path)
			if strings.Contains(string(raw), args[0]) || strings.Contains(path, args[0]) {
				ts.Fatalf("%s is in %s", args[0], path)
			}
			files++
			return err
		}))
	}
	if files == 0 {
		ts.Fatalf("there are no files below %v", args[1:])
	}
}

// cmdTTY runs a program on a terminal where nobody answers questions, and writes the terminal's output to a file:
// tty CODE FILE relaytop chat hi
func cmdTTY(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	path, err := lookPath(ts, args[2])
	ts.Check(err)
	cmd := exec.Command(path, args[3:]...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), environ(ts)
	screen, err := pty.Start(cmd)
	ts.Check(err)
	_, err = screen.Write([]byte{4}) // ctrl+d: a question gets no answer
	ts.Check(err)
	raw, _ := io.ReadAll(screen) // it ends with EIO when the program does
	err = cmd.Wait()
	ts.Check(screen.Close())
	stageOf(ts).printed.Write(raw)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), raw, 0o600))
	wantCode(ts, want, err)
}
