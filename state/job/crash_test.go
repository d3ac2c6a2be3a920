package job

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"relaytop/relay"
)

// runUntilKilled is the other process of the crash test: it answers rows, records each request, and does not end by
// itself.
func runUntilKilled(dir string) {
	log, err := os.OpenFile(filepath.Join(dir, "sent.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	f := newFake(func(n int, req relay.Request) *relay.Result {
		_, _ = log.WriteString(promptIn(req) + "\n")
		if n > 60 {
			return nil
		}
		return ok("before the crash")
	})
	b, err := NewBook(Config{Engine: f, Dir: filepath.Join(dir, "runs"), Model: "m"})
	if err != nil {
		panic(err)
	}
	f.book = b
	if _, err := b.Start(Options{Input: filepath.Join(dir, "in.txt"), Concurrency: 7}); err != nil {
		panic(err)
	}
	<-time.After(time.Minute)
	os.Exit(3)
}

func TestKillThenResume(t *testing.T) {
	dir := t.TempDir()
	in := file(t, dir, "in.txt", prompts(100))
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "JOB_TEST_KILLED_IN="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	sent := func() []string {
		b, err := os.ReadFile(filepath.Join(dir, "sent.log"))
		if err != nil {
			return nil
		}
		return strings.Split(strings.TrimSpace(string(b)), "\n")
	}
	until(t, "67 rows sent", func() bool { return len(sent()) == 67 })

	f := newFake(echo)
	b := open(t, dir, f, nil)
	if _, err := b.Start(Options{Input: in, Resume: "last"}); !errors.Is(err, ErrLocked) ||
		!strings.Contains(err.Error(), itoa(cmd.Process.Pid)) {
		t.Errorf("a second process was let in: %v", err)
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()

	id := start(t, b, Options{Input: in, Resume: "last"})
	h := wait(t, b, id)
	if h.State != Finished || h.OK != 100 || h.PaidTwice != 7 || f.count() != 40 {
		t.Fatalf("%d sent, %+v", f.count(), h)
	}
	lines := outLines(t, h.Out)
	twice := 0
	for _, l := range lines {
		if l.Ours.Twice {
			twice++
		}
	}
	if len(lines) != 100 || twice != 7 {
		t.Errorf("%d lines, %d marked", len(lines), twice)
	}
}

func TestEditedInputIsNotPaidTwice(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	b := open(t, dir, f, nil)
	in := file(t, dir, "in.txt", "a\nb\nb\nc\n")
	wait(t, b, start(t, b, Options{Input: in}))
	file(t, dir, "in.txt", "new\nc\nb\na\nb\nb\n")

	g := newFake(echo)
	c := open(t, filepath.Join(dir, "other"), g, func(cfg *Config) { cfg.Dir = b.cfg.Dir })
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := wait(t, c, start(t, c, Options{Input: in, Resume: "last"}))
	if h.OK != 6 || g.count() != 2 || len(outLines(t, h.Out)) != 6 {
		t.Fatalf("%d sent, %+v", g.count(), h)
	}
}

func TestDamagedAndTornRecords(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	b := open(t, dir, f, nil)
	in := file(t, dir, "in.txt", prompts(6))
	id := start(t, b, Options{Input: in, Concurrency: 1})
	wait(t, b, id)
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(b.cfg.Dir, id, journalName)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(raw, []byte("\n"))
	lines[3][len(lines[3])/2] ^= 1 // the answer of row 2
	last := len(lines) - 2         // the answer of row 6
	lines[last] = lines[last][:len(lines[last])-10]
	if err := os.WriteFile(path, bytes.Join(lines, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	kept := readSaved(filepath.Dir(path)) // it is written once a second: it does not know of the last record
	kept.Journal = int64(len(bytes.Join(lines[:last], nil)))
	if err := writeJSON(filepath.Join(filepath.Dir(path), headerName), kept); err != nil {
		t.Fatal(err)
	}
	g := newFake(echo)
	c := open(t, dir, g, nil)
	h := wait(t, c, start(t, c, Options{Resume: id}))
	if h.State != Finished || h.OK != 6 || h.Damaged != 1 || g.count() != 2 {
		t.Fatalf("%d sent, %+v", g.count(), h)
	}
}

// fullDisk is a journal on a disk that fills up.
type fullDisk struct {
	journalFile
	left *int
}

func (d *fullDisk) Write(p []byte) (int, error) {
	if *d.left -= len(p); *d.left < 0 {
		n, _ := d.journalFile.Write(p[:len(p)/2]) // half of it still fits
		return n, syscall.ENOSPC
	}
	return d.journalFile.Write(p)
}

func TestFullDiskPausesAndLosesNothing(t *testing.T) {
	dir := t.TempDir()
	left := 6000
	var sent atomic.Int64 // not the rows whose "sent" record no longer fits
	f := newFake(func(n int, req relay.Request) *relay.Result {
		sent.Add(1)
		return echo(n, req)
	})
	disk := &fullDisk{left: &left}
	b := open(t, dir, f, func(c *Config) {
		c.openJournal = func(path string) (journalFile, error) {
			jf, err := openJournalFile(path)
			disk.journalFile = jf
			return disk, err
		}
	})
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(40)), Concurrency: 5})
	h := wait(t, b, id)
	if h.State != Paused || h.Stopped != "disk" || !strings.Contains(h.Reason, "make room") {
		t.Fatalf("%+v", h)
	}
	if n := int(sent.Load()) - h.OK; n == 0 || h.PaidTwice != n {
		t.Errorf("%d answers are not in the journal, and it says %d", n, h.PaidTwice)
	}
	run := b.run(id)
	run.rec.journal.mu.Lock()
	left = 1 << 30
	run.rec.journal.mu.Unlock()
	if err := b.Resume(id); err != nil {
		t.Fatal(err)
	}
	h = wait(t, b, id)
	if h.State != Finished || h.OK != 40 || sent.Load() != 40 || h.PaidTwice != 0 {
		t.Fatalf("%d sent, %+v", sent.Load(), h)
	}
	if _, damaged, err := replay(run.rec.journal.f, 0, func(int64, *record) {}); err != nil || damaged != 0 {
		t.Errorf("the journal has %d damaged records: %v", damaged, err)
	}
}
