package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"relaytop/ui/text"
)

func TestProseJoinsParagraphsAndKeepsIndentedLines(t *testing.T) {
	got := prose(`
		Sends the same prompt
		again and again.

		Exit status:
		  0  measured, and this line is longer than the width
		  1  failed`, 24)
	const want = `Sends the same prompt
again and again.

Exit status:
  0  measured, and this line is longer than the width
  1  failed
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWordsOfACommandStayTogether(t *testing.T) {
	for s, want := range map[string]string{
		"see `relaytop batch list` for them":     "see\n`relaytop batch list`\nfor them",
		"resume it with --retry-failed now":      "resume it with\n--retry-failed now",
		"漢字 above ASCII is left to the terminal": "漢字 above ASCII is left to the terminal",
	} {
		if got := wrapWords(s, 22); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := wrapWords(s, 0); got != s {
			t.Errorf("a pipe gets %q", got)
		}
	}
}

func TestASentenceHangs(t *testing.T) {
	var b bytes.Buffer
	o := &output{w: &b, terminal: true, width: 30}
	o.sentence("  -> ", "run relaytop init, or set OPENAI_API_KEY")
	if got, want := b.String(), "  -> run relaytop init, or set\n     OPENAI_API_KEY\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// commands are all commands of the program.
func commands(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, sub := range cmd.Commands() {
		all = append(all, commands(sub)...)
	}
	return all
}

func TestHelpFitsEveryTerminal(t *testing.T) {
	for _, cmd := range commands(rootCommand(&Build{Parts: noParts{}}, &console{})) {
		if cmd.Name() == "completion" || cmd.HasParent() && cmd.Parent().Name() == "completion" {
			continue // cobra's own, broken by hand
		}
		for _, o := range []output{{}, {terminal: true, width: 80}, {terminal: true, width: 160}} {
			widest := o.helpWidth()
			got := helpText(cmd, &o)
			for line := range strings.Lines(got) {
				line = strings.TrimRight(line, "\n")
				if text.Width(line) > widest && !strings.HasPrefix(line, "  relaytop") {
					t.Errorf("%s at %d: %d cells: %s", cmd.CommandPath(), o.width, text.Width(line), line)
				}
				if strings.ContainsRune(line, '\t') || strings.TrimRight(line, " ") != line {
					t.Errorf("%s: %q", cmd.CommandPath(), line)
				}
			}
			if widest > 100 {
				t.Errorf("%d cells are too many to be read with ease", widest)
			}
			for line := range strings.Lines(strings.TrimSpace(cmd.Example)) {
				if line = strings.TrimSpace(line); !strings.Contains(got, "\n  "+line+"\n") {
					t.Errorf("%s: the example is broken: %s", cmd.CommandPath(), line)
				}
			}
		}
	}
}

// TestAFullDiskIsAnError: a command whose output can't be written fails.
func TestAFullDiskIsAnError(t *testing.T) {
	f, err := os.Open(filepath.Join("testdata", "e2e", "tour.txtar")) // can't be written to
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	o := &output{w: f}
	o.sentence("", "nothing was sent")
	if o.err == nil {
		t.Error("no error")
	}
}
