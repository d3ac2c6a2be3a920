// Package sdkbench holds relaytop's chunk decoder against that of the official Go SDK. It stands here so that the
// SDK's modules never enter relaytop's own.
package sdkbench

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/openai/openai-go/v3"
)

// BenchmarkDecode reads one chunk of each kind with the SDK, what its stream does for each event, and then with
// relaytop, in a process of its own: the decoder is not exported, and nothing is exported for a benchmark.
func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"usual", "obfuscated", "escaped"} {
		b.Run(name, func(b *testing.B) {
			data, err := os.ReadFile(filepath.Join("..", "..", "relay", "openai", "wire", "testdata", "decode", name+".json"))
			if err != nil {
				b.Fatal(err)
			}
			own, allocs := relaytop(b, name)
			b.ReportAllocs()
			for b.Loop() {
				var c openai.ChatCompletionChunk
				if err := json.Unmarshal(data, &c); err != nil || len(c.Choices) != 1 || c.Choices[0].Delta.Content == "" {
					b.Fatal(c, err)
				}
			}
			sdk := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
			b.ReportMetric(own, "relaytop-ns")
			b.ReportMetric(allocs, "relaytop-allocs")
			b.ReportMetric(sdk/own, "times-faster")
		})
	}
}

var line = regexp.MustCompile(`(?m)^BenchmarkDecode/\S+\s+\d+\s+([\d.]+) ns/op\s+\d+ B/op\s+(\d+) allocs/op`)

// relaytop runs relaytop's own benchmark of the same chunk a few times and returns the one in the middle.
func relaytop(b *testing.B, name string) (ns, allocs float64) {
	b.Helper()
	cmd := exec.Command("go", "test", "./relay/openai/wire", "-run", "^$", "-bench", "^BenchmarkDecode$/^"+name+
		"$/^scan$", "-benchtime", "100ms", "-count", "7")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var all []float64
	for _, m := range line.FindAllSubmatch(out, -1) {
		n, bad := strconv.ParseFloat(string(m[1]), 64)
		a, worse := strconv.ParseFloat(string(m[2]), 64)
		if err := errors.Join(bad, worse); err != nil {
			b.Fatal(err)
		}
		all, allocs = append(all, n), max(allocs, a)
	}
	if len(all) == 0 {
		b.Fatalf("no figure in %s", out)
	}
	slices.Sort(all)
	return all[len(all)/2], allocs
}
