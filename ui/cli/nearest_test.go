package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relaytop/ui/pane"
)

func TestNearest(t *testing.T) {
	names := []string{"batch", "bench", "chat", "chats", "completion", "config", "doctor", "models", "themes", "usage",
		"rm"}
	for typed, want := range map[string]string{
		"modles": "models", "MODELS": "models", "model": "models", "usgae": "usage", "doctr": "doctor", "docter": "doctor",
		"bach": "batch", "comp": "completion", "benchmark": "", "nonsense": "", "run": "", "x": "", "": "", "cha": "",
		"themse": "themes", "cofnig": "config",
	} {
		if got := nearest(typed, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", typed, got, want)
		}
	}
	for pair, want := range map[[2]string]int{{"", ""}: 0, {"ab", "ba"}: 1, {"abc", "c"}: 2, {"kitten", "sitting"}: 3} {
		if got := edits(pair[0], pair[1]); got != want {
			t.Errorf("edits(%q, %q) = %d, want %d", pair[0], pair[1], got, want)
		}
	}
}

// Whatever is not known exits with 2, sends nothing, and names what was probably meant.
func TestUnknownWordsSuggestTheNearest(t *testing.T) {
	for line, want := range map[string]string{
		"modles":                 "did you mean `relaytop models`?",
		"help usgae":             "did you mean `relaytop usage`?",
		"help batch shwo":        "did you mean `relaytop batch show`?",
		"config shw":             "did you mean `relaytop config show`?",
		"chats lst":              "did you mean `relaytop chats list`?",
		"batch shwo r1":          "did you mean `relaytop batch show`?",
		"resume":                 "did you mean `relaytop batch resume`?",
		"models --jsn":           "did you mean --json?",
		"chat hello --mdoel x":   "did you mean --model?",
		"batch x --dry_run":      "did you mean --dry-run?",
		"usage --concurrency 3":  "it is a flag of `relaytop batch`",
		"chat -mdoel x hi":       "did you mean --model?",
		"chat -model=x hi":       "did you mean --model?",
		"batch x -concurrency 3": "did you mean --concurrency?",
		"batch x -dry-run":       "did you mean --dry-run?",
		"batch show -json":       "did you mean --json?",
		"-demo":                  "did you mean --demo?",
		"themes drak":            "`relaytop --theme dark`",
		"themes nonsense":        "themes takes no argument",
		"--api-key secret":       "no flag takes a key",
		"nonsense":               "unknown command \"nonsense\"; `relaytop help` lists them",
		"--nonsense":             "unknown flag: --nonsense; see `relaytop --help`",
	} {
		out, code := runLine(t, strings.Fields(line)...)
		if code != exitUsage || !strings.Contains(out, want) {
			t.Errorf("relaytop %s: exit %d, %q; want %q", line, code, out, want)
		}
	}
}

// runLine runs a command that is wrong use, and returns what it wrote on stderr and its exit code.
func runLine(t *testing.T, args ...string) (stderr string, code int) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("XDG_CONFIG_HOME", dir)
	errs, err := os.Create(filepath.Join(dir, "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer errs.Close()
	b := Build{Parts: noParts{}, Release: func() {}, Stdin: os.Stdin, Stdout: errs, Stderr: errs}
	code = Execute(context.Background(), b, args)
	text, err := os.ReadFile(errs.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text), code
}

// The words are explained in the help of the program, and in that of no command.
func TestTermsAreInTheHelpOnce(t *testing.T) {
	for line, want := range map[string]int{"--help": 1, "help": 1, "batch --help": 0} {
		out, code := runLine(t, strings.Fields(line)...)
		for _, term := range pane.Terms() {
			if code != exitOK || strings.Count(out, "\n  "+term.Name+"  ") != want {
				t.Errorf("relaytop %s: exit %d, %q stands there %d times", line, code, term.Name,
					strings.Count(out, "\n  "+term.Name+"  "))
			}
		}
	}
}

// What a short flag may carry is not taken for a long one.
func TestShortFlagsKeepTheirValues(t *testing.T) {
	names := []string{"model", "out", "concurrency", "quiet", "json", "yes", "theme", "cache"}
	for _, arg := range []string{"-mgpt-4.1", "-mo3", "-c10", "-oout", "-oout.jsonl", "-qy", "-", "--model", "-x", "model",
		"-oresult", "-mglm", "-5", "-y"} {
		if got := meantLong(arg, names); got != "" {
			t.Errorf("%s is taken for --%s", arg, got)
		}
	}
}
