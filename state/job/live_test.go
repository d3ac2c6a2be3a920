package job

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

func TestALiveRowHasASpeed(t *testing.T) {
	at := time.Unix(1_700_000_000, 0)
	l := &liveRow{}
	l.Model = "m"
	for _, c := range []struct {
		ev   relay.Event
		out  int64
		want float64
	}{
		{relay.Event{Kind: relay.Sent, At: at, Attempt: 1}, 0, 0},
		{relay.Event{Kind: relay.Text, At: at.Add(time.Second), Text: "1234"}, 1, 0},
		{relay.Event{Kind: relay.Text, At: at.Add(3 * time.Second), Text: "12345678"}, 3, 1},
		{relay.Event{Kind: relay.Reasoning, At: at.Add(3 * time.Second), Text: "\u4f60\u597d"}, 5, 2},
		{relay.Event{Kind: relay.Metered, At: at.Add(3 * time.Second), Usage: &relay.Usage{Output: 21}}, 21, 10},
		{relay.Event{Kind: relay.Failed, At: at.Add(4 * time.Second)}, 21, 0},
		{relay.Event{Kind: relay.Sent, At: at.Add(5 * time.Second), Attempt: 2}, 0, 0},
	} {
		l.fold(&c.ev)
		if r := l.row(nil); r.TokPerSec != c.want || r.Out != c.out {
			t.Errorf("after %v: %d tokens at %v a second, want %d at %v", c.ev.Kind, r.Out, r.TokPerSec, c.out, c.want)
		}
	}
}

// TestAdviceNamesTheThingBesideItsFlag: the dashboard shows these lines too, and has no flags.
func TestAdviceNamesTheThingBesideItsFlag(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, newFake(echo), nil)
	twice := file(t, dir, "twice.jsonl", "{\"id\":\"a\",\"prompt\":\"x\"}\n{\"id\":\"a\",\"prompt\":\"y\"}\n")
	if h, want := wait(t, b, start(t, b, Options{Input: twice})),
		"accept duplicates (--allow-duplicates)"; !strings.Contains(h.Reason, want) {
		t.Errorf("%q does not say %q", h.Reason, want)
	}
	file(t, dir, "there.jsonl", "")
	_, err := b.Start(Options{Input: twice, Out: filepath.Join(dir, "there.jsonl")})
	if want := "overwrite it (--force)"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v does not say %q", err, want)
	}
	table := file(t, dir, "table.csv", "a,b\n1,2\n")
	if h, want := wait(t, b, start(t, b, Options{Input: table})), "a template (--template)"; !strings.Contains(h.Reason,
		want) {
		t.Errorf("%q does not say %q", h.Reason, want)
	}
}
