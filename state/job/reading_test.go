package job

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
)

// stdinRun makes a book whose stdin is a pipe, and starts a run of it.
func stdinRun(t *testing.T, dir string) (*fake, *Book, *io.PipeWriter, string) {
	t.Helper()
	f := newFake(echo)
	r, w := io.Pipe()
	t.Cleanup(func() { _ = w.Close() })
	b := open(t, dir, f, func(c *Config) { c.Stdin = r })
	return f, b, w, start(t, b, Options{Input: "-"})
}

func say(t *testing.T, w io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Error(err)
	}
}

// TestRowsAreSentWhileStdinIsRead: a slow producer need not end, and the manifest says what is not known yet.
func TestRowsAreSentWhileStdinIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, b, w, id := stdinRun(t, t.TempDir())
		say(t, w, prompts(3))
		until(t, "three rows have an answer", func() bool { h, _ := b.Header(id); return h.OK == 3 })
		h, _ := b.Header(id)
		m, err := readManifest(b.run(id).folder.dir)
		if err != nil || !h.More || h.State != Running || m.Input.SHA256 != nil {
			t.Errorf("%v: state %s, more to come: %v; sha256 %v", err, h.State, h.More, m.Input.SHA256)
		}
		more := strings.TrimPrefix(prompts(5), prompts(3))
		say(t, w, more)
		until(t, "two more", func() bool { h, _ := b.Header(id); return h.OK == 5 })
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		h = wait(t, b, id)
		if h.State != Finished || h.More || h.Rows != 5 || h.OK != 5 || len(outLines(t, h.Out)) != 5 || f.count() != 5 {
			t.Errorf("%d sent, %+v", f.count(), h)
		}
		sum := sha256.Sum256([]byte(prompts(5)))
		m, err = readManifest(b.run(id).folder.dir)
		if err != nil || m.Input.SHA256 == nil || *m.Input.SHA256 != hex.EncodeToString(sum[:]) ||
			m.Input.Size != int64(len(prompts(5))) || m.Rows != 5 {
			t.Errorf("%v: %+v", err, m)
		}
	})
}

// TestADuplicateThatIsFoundLateStopsTheRun, and a resume that accepts it goes on.
func TestADuplicateThatIsFoundLateStopsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		row := func(id, prompt string) string { return fmt.Sprintf(`{"id":%q,"prompt":%q}`, id, prompt) + "\n" }
		f, b, w, id := stdinRun(t, t.TempDir())
		say(t, w, row("a", "1")+row("b", "2"))
		until(t, "two rows have an answer", func() bool { h, _ := b.Header(id); return h.OK == 2 })
		say(t, w, row("c", "3")+row("a", "4")+row("d", "5"))
		h := wait(t, b, id)
		if h.State != Paused || h.Stopped != "duplicates" || h.OK != 2 || !strings.Contains(h.Reason, `"a"`) ||
			!strings.Contains(h.Reason, "2 rows were sent") {
			t.Fatalf("%+v", h)
		}
		if err := b.Resume(id); err != nil {
			t.Fatal(err)
		}
		if h = wait(t, b, id); h.Stopped != "duplicates" || f.count() != 2 {
			t.Errorf("resumed without accepting it: %d sent, %+v", f.count(), h)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		until(t, "the input is read to its end", func() bool { h, _ := b.Header(id); return !h.More })
		synctest.Wait()
		start(t, b, Options{Resume: id, AllowDuplicate: true})
		if h = wait(t, b, id); h.State != Finished || h.OK != 5 || f.count() != 5 {
			t.Errorf("%d sent, %+v", f.count(), h)
		}
		if got := idsOf(t, h.Out); strings.Join(got, " ") != "a=re: 1 b=re: 2 c=re: 3 a#2=re: 4 d=re: 5" {
			t.Errorf("%q", got)
		}
	})
}

// TestStdinThatWasCutOffIsPipedInAgain: a run that stopped before it had all of stdin does not end as if it had.
func TestStdinThatWasCutOffIsPipedInAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		_, b, w, id := stdinRun(t, dir)
		say(t, w, prompts(3))
		until(t, "three rows have an answer", func() bool { h, _ := b.Header(id); return h.OK == 3 })
		if err := b.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		_ = w.Close() // the producer ends with its reader
		f := newFake(echo)
		b = open(t, dir, f, func(c *Config) { c.Stdin = strings.NewReader(prompts(6)) })
		start(t, b, Options{Resume: id})
		if h := wait(t, b, id); h.State != Broken || h.Stopped != StopInput || !strings.Contains(h.Reason, "pipe the same") {
			t.Fatalf("without stdin: %+v", h)
		}
		start(t, b, Options{Resume: id, Input: "-"})
		if h := wait(t, b, id); h.State != Finished || h.OK != 6 || h.Rows != 6 || f.count() != 3 {
			t.Errorf("%d sent, %+v", f.count(), h)
		}
	})
}

// TestTheKeyIsOfTheRowAsTheUserGaveIt: how a row is asked for changes nothing about which row it is, so that a resume
// with another way of asking pays for nothing again.
func TestTheKeyIsOfTheRowAsTheUserGaveIt(t *testing.T) {
	dir := t.TempDir()
	in := file(t, dir, "a.jsonl", `{"id":"a","prompt":"1"}`+"\n"+
		`{"custom_id":"b","body":{"model":"m","messages":[{"role":"user","content":"2"}],"stream":true}}`+"\n")
	f := newFake(echo)
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: in})
	wait(t, b, id)
	for _, o := range []Options{{NoStream: true}, {Fallback: []string{"other"}}, {Concurrency: 1}} {
		o.Resume = id
		start(t, b, o)
		if h := wait(t, b, id); h.State != Finished || !h.NothingLeft || f.count() != 2 {
			t.Errorf("%+v: %d sent, %+v", o, f.count(), h)
		}
	}
	file(t, dir, "a.jsonl", `{"id":"a","prompt":"1"}`+"\n"+
		`{"custom_id":"b","body":{"messages":[{"content":"2","role":"user"}],"model":"m"}}`+"\n")
	start(t, b, Options{Resume: id})
	if h := wait(t, b, id); !h.NothingLeft || f.count() != 2 {
		t.Errorf("without stream: %d sent, %+v", f.count(), h)
	}
}
