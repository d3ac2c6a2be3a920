package disk

import (
	"os"
	"path/filepath"
	"strings"
)

// ExpandHome replaces the ~ that a path begins with by the folder home, "" if that is not known. ~name, which a shell
// takes for the home of another user, stays as it is.
func ExpandHome(path, home string) string {
	rest, ok := strings.CutPrefix(path, "~")
	if !ok || home == "" || rest != "" && rest[0] != '/' && !os.IsPathSeparator(rest[0]) {
		return path
	}
	return filepath.Join(home, rest)
}
