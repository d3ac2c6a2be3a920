package job

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// TestPermissionIsSaidInWords: the tests may run as root, to whom nothing is forbidden, so the system's answer is given by hand.
func TestPermissionIsSaidInWords(t *testing.T) {
	denied := &fs.PathError{Op: "open", Path: ".relaytop-probe-1", Err: fs.ErrPermission}
	in, out := inputError("rows.csv", denied), unwritable("/root/out.jsonl", denied)
	if s := in.Error(); !errors.Is(in, ErrInput) || !strings.Contains(s, "no permission to read rows.csv") || !strings.Contains(s, "chmod") {
		t.Errorf("%v", in)
	}
	if s := out.Error(); !errors.Is(out, ErrInput) || !strings.Contains(s, "/root/out.jsonl can't be written") || !strings.Contains(s, "-o") || strings.Contains(s, "probe") {
		t.Errorf("%v", out)
	}
}
