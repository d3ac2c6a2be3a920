//go:build unix

package attach

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Reading any of these would never end.
func TestWhatIsNoFileIsNeverOpened(t *testing.T) {
	dir := t.TempDir()
	pipe, socket := filepath.Join(dir, "pipe"), filepath.Join(dir, "s")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	link := filepath.Join(dir, "link")
	if err := os.Symlink("/dev/zero", link); err != nil {
		t.Fatal(err)
	}
	for path, why := range map[string]string{pipe: "a named pipe", socket: "a socket", "/dev/zero": "a device",
		link: "a device"} {
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want %s", path, err, why)
		}
	}
	if os.Getuid() == 0 {
		return // may read everything
	}
	secret := write(t, "secret", "x")
	if err := os.Chmod(secret, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(secret); err == nil || err.Error() != "secret: permission denied" {
		t.Errorf("%v", err)
	}
}
