//go:build unix

package config

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestDotEnvThatIsNoPlainFile(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"link":   func(p string) error { return os.Symlink("/etc/hostname", p) },
		"pipe":   func(p string) error { return syscall.Mkfifo(p, 0o600) },
		"folder": func(p string) error { return os.Mkdir(p, 0o700) },
		"large": func(p string) error {
			return os.WriteFile(p, []byte("DEFAULT_MODEL=x\n#"+strings.Repeat("x", maxEnvFile)), 0o600)
		},
	} {
		in := world{}.input(t)
		if err := put(filepath.Join(in.Dir, ".env")); err != nil {
			t.Fatal(err)
		}
		c, err := Load(in)
		if err != nil || c.DefaultModel != "gpt-4.1" || len(c.Notices) != 1 || !strings.Contains(c.Notices[0], ".env") {
			t.Errorf("%s: %+v %v", name, c, err)
		}
	}
}
