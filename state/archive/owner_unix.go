//go:build unix

package archive

import (
	"fmt"
	"os"
	"syscall"
)

// refuseForeign refuses a data folder that is a link or belongs to somebody else: who owns it could read or swap what we write.
func refuseForeign(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("looking at the data folder: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("the data folder %s is a link, not a folder: use --data-dir with the folder itself", dir)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() {
		return fmt.Errorf("the data folder %s belongs to user %d, not to you: use --data-dir with one of yours", dir, st.Uid)
	}
	return nil
}
