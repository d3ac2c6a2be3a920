//go:build unix

package inspect

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"relaytop/relay"
)

// nasty are texts that would run something, end the paste, or change on their way.
var nasty = []string{"", "it's", `'; touch pwned; '`, "$(touch pwned)", "`touch pwned`", "$HOME ${HOME} $((1+1))",
	`\`, `\\`, `\'`, `'\''`, `"\"`, "a\nb\n", "\n", "-n", "@/etc/passwd",
	"\x1b[201~\ntouch pwned\n", "\x03touch pwned\r", "\x00\x01\x7f", "\u009b31m", "a\u202eb", "!!", "!touch", "#x", "~",
	"*", "{a,b}", "%s%n", "\t\v\f\b", "世界 đâu", "\xff\xfe", "🙂\U000e0041",
	"••••", "'\\'''\\\\'", "\u2028touch pwned", "\ufeff", "e\u0301"}

// shell runs a script of sh in an empty folder and fails if it leaves anything there.
func shell(t *testing.T, script string) []byte {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("sh")
	cmd.Dir, cmd.Env, cmd.Stdin = dir, []string{"PATH=/usr/bin:/bin", "HOLYSHEEP_API_KEY=sk-test", "X_TEAM=team-test"},
		strings.NewReader(script)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v from %q", err, script)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Fatalf("it ran something: %v is there, from %q", left, script)
	}
	return out
}

// safe fails if something in a text would mean anything to a terminal, or to a shell for which backslashes count
// between apostrophes.
func safe(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("not UTF-8: %q", s)
	}
	for _, r := range s {
		if r != '\n' && !printable(r) {
			t.Errorf("%U stands in it: %q", r, s)
		}
	}
	// fish: between apostrophes \\ and \' are escapes. What stands between double quotes is one of four things, all
	// alike in both.
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\'':
			quoted = !quoted
		case quoted && s[i] == '\\' && i+1 < len(s) && (s[i+1] == '\\' || s[i+1] == '\''):
			t.Errorf("fish reads %q otherwise, at %d of %q", s[i:i+2], i, s)
		case quoted:
		case s[i] == '"':
			n := len(between.FindString(s[i:]))
			if n == 0 {
				t.Fatalf("what stands between double quotes at %d of %q?", i, s)
			}
			i += n - 1
		case strings.IndexByte("abcdefghijklmnopqrstuvwxyzSNH- \\\n", s[i]) < 0:
			t.Fatalf("%q stands outside of quotes in %q", s[i], s)
		}
	}
	if quoted {
		t.Errorf("a quote stays open: %q", s)
	}
}

var between = regexp.MustCompile(`^("'"|"\\\\"|"\$\(printf '(\\[0-7]{3})+'\)"|"\$[A-Z0-9_]+")`)

func FuzzQuote(f *testing.F) {
	for _, s := range nasty {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q := quote(s)
		safe(t, q)
		want := strings.ReplaceAll(s, "\x00", "")
		if got := shell(t, "printf %s "+q); string(got) != want {
			t.Errorf("%q came out as %q, by %s", want, got, q)
		}
	})
}

// FuzzCurl: a message with any text in it reaches curl as the same JSON, as one argument, and nothing else runs.
func FuzzCurl(f *testing.F) {
	for _, s := range nasty {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, said, header string) {
		body, err := json.Marshal(map[string]any{"model": "m",
			"messages": []any{map[string]string{"role": "user", "content": said}}})
		if err != nil {
			t.Fatal(err)
		}
		x := &relay.Exchange{URL: "https://relay.example/v1/chat/completions?••••", Body: body,
			Sent: []relay.Field{{Name: "Authorization", Value: "Bearer ••••"},
				{Name: "Content-Type", Value: "application/json"}, {Name: "Host", Value: "h"}, {Name: "X-Said", Value: header},
				{Name: "X-Team", Value: "••••"}}}
		line := curl(x)
		safe(t, line)
		args := bytes.Split(shell(t, "curl() { printf '%s\\0' \"$@\"; }\n"+line), []byte{0})
		value := strings.ReplaceAll(strings.ReplaceAll(header, "\x00", ""), relay.Mask, "")
		want := []string{"-sSN", "https://relay.example/v1/chat/completions?", "-H", "Authorization: Bearer sk-test", "-H",
			"Content-Type: application/json", "-H", "X-Said: " + value,
			"-H", "X-Team: team-test", "--data-raw"}
		if len(args) != len(want)+2 {
			t.Fatalf("%d arguments: %q", len(args), args)
		}
		for i, w := range want {
			if string(args[i]) != w {
				t.Errorf("argument %d is %q, not %q", i, args[i], w)
			}
		}
		var got, sent any
		if err := json.Unmarshal(args[len(want)], &got); err != nil {
			t.Fatalf("the body is no JSON any more: %v: %q", err, args[len(want)])
		}
		if err := json.Unmarshal(body, &sent); err != nil || !reflect.DeepEqual(got, sent) {
			t.Errorf("the body is %q, not %q", args[len(want)], body)
		}
	})
}

// FuzzCurlBody: a row's body is sent as the file has it, so it may be anything; broken, too.
func FuzzCurlBody(f *testing.F) {
	for _, s := range nasty {
		f.Add([]byte(s))
		f.Add([]byte(`{"a":"` + s + `"}`))
	}
	f.Add([]byte("{ \"a\" :\t\"b\xff\x7f\",\r\n \"c\\\\d\": \"\\'\" }"))
	f.Fuzz(func(t *testing.T, body []byte) {
		q := quoteBody(body)
		safe(t, q)
		got := shell(t, "printf %s "+q)
		var a, b any
		if json.Unmarshal(body, &a) != nil {
			if want := bytes.ReplaceAll(body, []byte{0}, nil); !bytes.Equal(got, want) {
				t.Errorf("%q came out as %q", want, got)
			}
			return
		}
		if err := json.Unmarshal(got, &b); err != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("%q came out as %q: %v", body, got, err)
		}
	})
}

func TestCurlNamesTheKeysVariable(t *testing.T) {
	for env, want := range map[string]string{"": "HOLYSHEEP_API_KEY", "OPENAI_API_KEY": "OPENAI_API_KEY",
		"A B": "HOLYSHEEP_API_KEY", `X";touch pwned;"`: "HOLYSHEEP_API_KEY"} {
		x := &relay.Exchange{URL: "https://r/v1", KeyEnv: env,
			Sent: []relay.Field{{Name: "Authorization", Value: "Bearer ••••"}}, Body: []byte("{}")}
		if got := curl(x); !strings.Contains(got, `'Authorization: Bearer '"$`+want+`"`) {
			t.Errorf("%q: %s", env, got)
		}
	}
}

// TestWhatACopiedRequestSaysOfItsKey: the variable is that of the masked field; the bytes of a body hold none.
func TestWhatACopiedRequestSaysOfItsKey(t *testing.T) {
	for _, c := range []struct {
		sent []relay.Field
		body string
		want string
	}{
		{nil, "\x00 a \x1b", "the request as curl"},
		{[]relay.Field{{Name: "User-Agent", Value: relay.Mask}}, "{}", "the request as curl"},
		{[]relay.Field{{Name: "Authorization", Value: "Bearer " + relay.Mask}}, "{}",
			"the request as curl, its key as $OPENAI_API_KEY"},
		{[]relay.Field{{Name: "X-Api-Key", Value: relay.Mask}}, "{}", "the request as curl, its key as $X_API_KEY"},
	} {
		x := &relay.Exchange{URL: "https://relay.example/v1", KeyEnv: "OPENAI_API_KEY", Sent: c.sent, Body: []byte(c.body)}
		if got := copied(x); got != c.want {
			t.Errorf("%v: %q, want %q", c.sent, got, c.want)
		}
		if _, key, ok := strings.Cut(c.want, "$"); ok && !strings.Contains(curl(x), `"$`+key+`"`) {
			t.Errorf("the command has no %s: %s", key, curl(x))
		}
	}
}
