package job

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// TestPermissionErrorIsExplained: the tests may run as root, who may write everywhere, so the system's error is made
// up.
func TestPermissionErrorIsExplained(t *testing.T) {
	err := unwritable("/root/out.jsonl", &fs.PathError{Op: "open", Path: ".relaytop-probe-1", Err: fs.ErrPermission})
	s := err.Error()
	if !errors.Is(err, ErrInput) || !strings.Contains(s, "/root/out.jsonl can't be written") ||
		!strings.Contains(s, "-o") ||
		strings.Contains(s, "probe") {
		t.Error(err)
	}
}
