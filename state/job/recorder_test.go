package job

import (
	"bytes"
	"sync"
	"syscall"
	"testing"

	"relaytop/relay"
)

// groupedJournal keeps an answer that is written alone until others wait behind it.
type groupedJournal struct {
	journalFile
	wait   func()
	full   bool // it takes half of what has more than one line
	groups *int
}

func (j *groupedJournal) Write(p []byte) (int, error) {
	if bytes.Count(p, []byte("\n")) < 2 {
		if bytes.Contains(p, []byte(`"s":"ok"`)) && *j.groups == 0 {
			j.wait()
		}
		return j.journalFile.Write(p)
	}
	*j.groups++
	if !j.full {
		return j.journalFile.Write(p)
	}
	n, _ := j.journalFile.Write(p[:len(p)/2])
	return n, syscall.ENOSPC
}

// TestAnswersThatWaitAreWrittenTogether, and one by one where the disk does not take them together.
func TestAnswersThatWaitAreWrittenTogether(t *testing.T) {
	const rows = 8
	for name, full := range map[string]bool{"room": false, "a full disk": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var sent sync.WaitGroup
			sent.Add(rows)
			f := newFake(func(n int, req relay.Request) *relay.Result {
				sent.Done()
				sent.Wait()
				return echo(n, req)
			})
			var b *Book
			var id string
			started := make(chan struct{})
			groups := 0
			b = open(t, dir, f, func(c *Config) {
				c.openJournal = func(path string) (journalFile, error) {
					file, err := openJournalFile(path)
					return &groupedJournal{journalFile: file, full: full, groups: &groups, wait: func() {
						<-started
						until(t, "answers wait", func() bool {
							r := b.run(id)
							r.mu.Lock()
							defer r.mu.Unlock()
							return len(r.rec.queue) > 1
						})
					}}, err
				}
			})
			id = start(t, b, Options{Input: file(t, dir, "in.txt", prompts(rows)), Concurrency: rows})
			close(started)
			h := wait(t, b, id)
			if h.State != Finished || h.OK != rows || f.count() != rows || len(outLines(t, h.Out)) != rows {
				t.Fatalf("%d sent, %+v", f.count(), h)
			}
			if groups == 0 {
				t.Error("no answers were written together")
			}
			if _, damaged, err := replay(b.run(id).rec.journal.f, 0, func(int64, *record) {}); err != nil || damaged != 0 {
				t.Errorf("the journal has %d damaged records: %v", damaged, err)
			}
		})
	}
}
