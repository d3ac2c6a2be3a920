package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Secret is a key or the value of a header. It prints as dots: only Reveal returns it.
type Secret string

// String keeps keys out of logs, screens and errors.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "••••"
}

// GoString keeps keys out of %#v as String keeps them out of %v.
func (s Secret) GoString() string { return strconv.Quote(s.String()) }

// MarshalText keeps keys out of JSON and TOML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Reveal is the key itself.
func (s Secret) Reveal() string { return string(s) }

// CleanKey puts a pasted key right: blanks, one pair of quotes, "Bearer " and the name of a variable in front of it
// are taken off. A key that can't be sent in a header is refused.
func CleanKey(text string) (Secret, error) {
	key := unquote(strings.TrimPrefix(text, bom))
	if name, rest, ok := strings.Cut(key, "="); ok && rest != "" && namesKey(name) {
		key = unquote(rest)
	}
	for _, word := range [...]string{"Authorization:", "Bearer "} {
		if n := len(word); len(key) > n && strings.EqualFold(key[:n], word) {
			key = unquote(key[n:])
		}
	}
	if len(key) > 8192 || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", errors.New("the key holds a blank or a character that can't be sent: " +
			"one word of printable ASCII is needed")
	}
	if key != strings.Trim(key, "\"'`") {
		return "", errors.New("the key begins or ends with a quotation mark, as a value that was cut does: " +
			"write it without quotes, or in one pair of them")
	}
	return Secret(key), nil
}

// namesKey reports whether a text is the name of a variable for a key, as in a line of a .env or of a shell.
func namesKey(text string) bool {
	name := strings.TrimSpace(strings.TrimPrefix(text, "export "))
	plain := strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
	return plain && (strings.HasSuffix(name, "_KEY") || strings.HasSuffix(name, "_TOKEN"))
}

// unquote takes blanks and one pair of quotes off a value: docker's --env-file and Windows' set keep them, and text
// that was copied from a page has curly ones.
func unquote(text string) string {
	text = strings.TrimSpace(text)
	for _, pair := range [...][2]string{{`"`, `"`}, {"'", "'"}, {"`", "`"}, {"“", "”"}, {"„", "“"}, {"‘", "’"}} {
		if len(text) < len(pair[0])+len(pair[1]) {
			continue
		}
		inner, opened := strings.CutPrefix(text, pair[0])
		inner, closed := strings.CutSuffix(inner, pair[1])
		if opened && closed && !strings.Contains(inner, pair[0]) && !strings.Contains(inner, pair[1]) {
			return strings.TrimSpace(inner)
		}
	}
	return text
}

// keyFromFile reads api_key_file, which only its owner may be able to read.
func (l *loader) keyFromFile(path string) (Secret, error) {
	path = l.inConfigDir(path)
	data, err := readRegular(path, maxEnvFile, false)
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, plainCause(err))
	}
	if err := refuseShared(path, l.in.OS); err != nil {
		return "", err
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", errUTF16
	}
	key, err := CleanKey(string(data))
	if err == nil && key == "" {
		err = fmt.Errorf("%s is empty", path)
	}
	return key, err
}

// refuseShared fails if others can read a file that holds a key, and says what to run.
func refuseShared(path, goos string) error {
	if goos == "windows" {
		return nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return plainCause(err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("it holds a key and others can read it (mode %04o): run  chmod 600 %s", info.Mode().Perm(),
			shellQuote(path))
	}
	return nil
}

func shellQuote(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+", r))
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// ResolveKeys runs the api_key_cmd of each endpoint that has one, and sets its key to the first line that the command
// prints within 30 s. It is called once, before the endpoints are used.
func (c *Config) ResolveKeys(ctx context.Context) error {
	for i := range c.Relay.Endpoints {
		e := &c.Relay.Endpoints[i]
		if e.KeyCmd == "" || e.Key != "" {
			continue
		}
		key, err := runKeyCmd(ctx, e.KeyCmd)
		if err != nil {
			return &Error{File: c.Paths.ConfigFile, Key: "api_key_cmd of " + e.Name, Message: "gave no key", Cause: err}
		}
		e.Key = key
	}
	return nil
}

func runKeyCmd(ctx context.Context, command string) (Secret, error) {
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	shell := []string{"/bin/sh", "-c"}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/C"}
	}
	cmd := exec.CommandContext(ctx, shell[0], shell[1], command)
	cmd.Stderr = os.Stderr // a password manager may ask for something there
	cmd.Stdin = os.Stdin
	cmd.WaitDelay = time.Second
	var out limited
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", err
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if line == "" {
		return "", errors.New("it printed nothing")
	}
	return CleanKey(line)
}

// limited keeps the first 64 KiB of what is written to it.
type limited []byte

func (l *limited) Write(p []byte) (int, error) {
	if free := maxEnvFile - len(*l); free > 0 {
		*l = append(*l, p[:min(free, len(p))]...)
	}
	return len(p), nil
}
