package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"relaytop/relay"
)

// The last line of doctor is a verdict; what does not apply is not called missing, and what is missing not unknown.
func TestDoctorEndsWithAVerdict(t *testing.T) {
	ok, failed := relay.Passed("dns", "is an address"), relay.Failing("key", "refused", "check the key")
	none := relay.Missing("batch_api", "not there", "batches go through the pool")
	other := relay.Inapplicable("tls", "not used: http on this machine")
	unsure := relay.Unknown("usage", "not asked", "")
	for _, c := range []struct {
		checks  []relay.Check
		verdict string
		marks   []string
	}{
		{[]relay.Check{ok, ok}, "all 2 checks passed.", []string{"ok  dns"}},
		{[]relay.Check{ok, failed, none, other, unsure},
			"1 of 5 checks failed: key; missing: batch_api; not known: usage; not applicable: tls.",
			[]string{"ok  dns", "FAIL  key", "missing  batch_api", "n/a  tls", "?  usage"}},
		{[]relay.Check{ok, other}, "no check failed, 1 of 2 passed; not applicable: tls.", []string{"n/a  tls"}},
		{[]relay.Check{failed, failed}, "2 of 2 checks failed: key.", nil},
	} {
		var b bytes.Buffer
		out := &output{w: &b}
		if err := checkLines(out, c.checks); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(b.String()), "\n")
		if got := lines[len(lines)-1]; got != "Verdict: "+c.verdict {
			t.Errorf("%q, want %q", got, c.verdict)
		}
		for _, mark := range c.marks {
			if !strings.Contains(b.String(), mark+"  ") {
				t.Errorf("no %q in\n%s", mark, b.String())
			}
		}
	}
	text, err := json.Marshal([]relay.Check{ok, none, other, unsure})
	if err != nil || strings.Count(string(text), `"ok":null`) != 3 ||
		!strings.Contains(string(text), `"without":"missing"`) ||
		!strings.Contains(string(text), `"without":"not_applicable"`) || strings.Count(string(text), "without") != 2 {
		t.Errorf("%s, %v", text, err)
	}
}
