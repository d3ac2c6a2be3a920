//go:build unix

package disk

import "golang.org/x/sys/unix"

// Free is the number of bytes that the user may still write to the disk of a folder. False: not known.
func Free(dir string) (int64, bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail * uint64(st.Bsize)), true
}
