package cli

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestTheForecastHolds: what a run costs is within the range that --dry-run said, and near the likely cost once the
// answers of the model were measured.
func TestTheForecastHolds(t *testing.T) {
	p := buildProgram(t)
	url := p.simulate(t, "--ttft", "-1ns", "--itl", "-1ns", "--jitter", "-1")
	dir := filepath.Dir(p.path)
	p.env = append(p.env, "HOLYSHEEP_API_KEY=sk-test-of-a-forecast", "HOLYSHEEP_BASE_URL="+url,
		"RATE_LIMIT_REQUESTS_PER_MINUTE=0", "RATE_LIMIT_TOKENS_PER_MINUTE=0")
	for _, kind := range []struct {
		name, row string
		args      []string
	}{
		{"prompts.txt", "Tell me in a few sentences about the number %d.\n", nil},
		{"long.txt", strings.Repeat("This is a long text about nothing at all. ", 40) + "Sum up part %d of it.\n", nil},
		{"short.jsonl", `{"custom_id":"%d","body":{"messages":[{"role":"user","content":"Yes or no?"}],"max_tokens":5}}` +
			"\n", nil},
		{"table.csv", "%d,Liebe Grüße aus der Stadt am Fluss\n", []string{"--template", "Translate: {{b}} ({{a}})"}},
	} {
		t.Run(kind.name, func(t *testing.T) {
			p.env = append(p.env[:len(p.env):len(p.env)], "RELAYTOP_DATA_DIR="+t.TempDir())
			for round, from := range []int{0, 100} { // other rows of the same kind
				var text strings.Builder
				if filepath.Ext(kind.name) == ".csv" {
					text.WriteString("a,b\n")
				}
				for i := range 60 {
					fmt.Fprintf(&text, kind.row, from+i)
				}
				path := filepath.Join(dir, fmt.Sprint(round)+kind.name)
				if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
					t.Fatal(err)
				}
				least, likely, most, sample := p.forecast(t, append([]string{"batch", path}, kind.args...))
				cost := p.spend(t, append([]string{"batch", path}, kind.args...))
				if cost < least || cost > most {
					t.Errorf("round %d: %v USD, outside of %v to %v", round, cost, least, most)
				}
				if off := math.Abs(likely-cost) / cost; round > 0 && (off > 0.25 || sample != 60) {
					t.Errorf("%v USD likely after %d answers, and it cost %v: %.0f %% off", likely, sample, cost, 100*off)
				}
			}
		})
	}
}

// forecast is the cost that --dry-run says, and how many answers it is from.
func (p program) forecast(t *testing.T, args []string) (least, likely, most float64, sample int64) {
	t.Helper()
	code, stdout, stderr := p.run(t, append(args, "--dry-run", "--json")...)
	var o planObject
	if err := json.Unmarshal([]byte(stdout), &o); code != 0 || err != nil || o.Cost.Max == nil || len(o.Outputs) != 1 {
		t.Fatalf("exit code %d, %v: %s%s", code, err, stdout, stderr)
	}
	return usd(t, o.Cost.Min), usd(t, o.Cost.Likely), usd(t, o.Cost.Max), o.Outputs[0].Answers
}

// spend runs a batch and returns its cost.
func (p program) spend(t *testing.T, args []string) float64 {
	t.Helper()
	code, stdout, stderr := p.run(t, append(args, "--json")...)
	var o batchObject
	if err := json.Unmarshal([]byte(stdout), &o); err != nil || o.Pending > 0 {
		t.Fatalf("exit code %d, %v: %s%s", code, err, stdout, stderr)
	}
	return usd(t, o.Cost.USD)
}

func usd(t *testing.T, s *string) float64 {
	t.Helper()
	if s == nil {
		t.Fatal("the cost is not known")
	}
	v, err := strconv.ParseFloat(*s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
