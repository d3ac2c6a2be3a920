package disk

import (
	"path/filepath"
	"testing"
)

func TestFreeSpaceIsThatOfTheFoldersDisk(t *testing.T) {
	if n, ok := Free(t.TempDir()); !ok || n <= 0 {
		t.Errorf("%d bytes, known: %v", n, ok)
	}
	if n, ok := Free(filepath.Join(t.TempDir(), "gone")); ok {
		t.Errorf("a folder that does not exist has %d bytes", n)
	}
}
