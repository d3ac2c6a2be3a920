package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/joho/godotenv"
)

// maxEnvFile is the largest .env, key file and answer of an api_key_cmd, in bytes.
const maxEnvFile = 64 << 10

// errSize and errKind are why a file is not read.
var (
	errSize = errors.New("it is larger than allowed")
	errKind = errors.New("it is not a regular file")
)

// bom is the byte order mark of UTF-8, which editors on Windows put in front of a file.
const bom = "\ufeff"

// errUTF16 is why a file with NUL bytes is not read.
var errUTF16 = errors.New("it is UTF-16, or no text: save it as UTF-8")

// readDotEnv reads the .env of the working directory. A link, a pipe, a folder or a file that is too large is skipped
// with a notice: it may belong to other tools, and must not prevent the start.
func (l *loader) readDotEnv() error {
	if l.in.Dir == "" {
		return nil
	}
	path := filepath.Join(l.in.Dir, ".env")
	data, err := readRegular(path, maxEnvFile, true)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		l.cfg.Notices = append(l.cfg.Notices, fmt.Sprintf("%s was not read: %v", path, plainCause(err)))
		return nil
	}
	return l.readEnvData(path, data, fromDotEnv)
}

// readEnvFile reads --env-file, which counts as environment.
func (l *loader) readEnvFile() error {
	if l.in.EnvFile == "" {
		return nil
	}
	path := l.in.EnvFile
	if !filepath.IsAbs(path) {
		path = filepath.Join(l.in.Dir, path)
	}
	data, err := readRegular(path, maxEnvFile, false)
	if err != nil {
		return &Error{File: path, Key: "--env-file", Message: "can't be read", Cause: plainCause(err)}
	}
	return l.readEnvData(path, data, fromEnv)
}

func (l *loader) readEnvData(path string, data []byte, from origin) error {
	data = bytes.TrimPrefix(data, []byte(bom))
	vars, err := parseEnv(data)
	if errors.Is(err, errUTF16) {
		return &Error{File: path, Message: "can't be read", Cause: err}
	}
	if err != nil {
		// The parser's message quotes the line, which may hold a key: it is not passed on.
		return &Error{File: path, Message: "not lines of NAME=value"}
	}
	l.cfg.Read = append(l.cfg.Read, path)
	return l.readVars(vars, func(name string) value {
		line := lineOfVar(data, name)
		return value{from: from, at: Source{Kind: SourceEnvFile, Name: path, Line: line}, file: path, line: line}
	}, true)
}

// parseEnv reads NAME=value lines into a map. $NAME in a value refers only to an earlier line of the same file.
func parseEnv(data []byte) (vars map[string]string, err error) {
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, errUTF16
	}
	return godotenv.UnmarshalBytes(data)
}

// lineOfVar is the line of the last assignment of a variable: the one that counts. 0: not found.
func lineOfVar(data []byte, name string) int {
	found := 0
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		line = strings.TrimSpace(strings.TrimPrefix(line, "export "))
		if rest, ok := strings.CutPrefix(line, name); ok {
			if rest = strings.TrimSpace(rest); rest != "" && (rest[0] == '=' || rest[0] == ':') {
				found = i + 1
			}
		}
	}
	return found
}

// readRegular reads a regular file of at most limit bytes. It never waits for a pipe's writer, and follows a link
// only if noLink is false.
func readRegular(path string, limit int64, noLink bool) ([]byte, error) {
	if noLink {
		info, err := os.Lstat(path)
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, errKind
		}
	}
	f, err := openQuick(path, noLink)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// The open file is checked, not the path: the path may have been replaced.
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errKind
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%w: %d bytes at most", errSize, limit)
	}
	return data, nil
}

// plainCause removes the operation and the path: the message around it has them already.
func plainCause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
