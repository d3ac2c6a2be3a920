//go:build unix

package config

import (
	"os"
	"syscall"
)

// openQuick opens a file for reading without waiting for a pipe's other end.
func openQuick(path string, noLink bool) (*os.File, error) {
	flags := os.O_RDONLY | syscall.O_NONBLOCK
	if noLink {
		flags |= syscall.O_NOFOLLOW
	}
	return os.OpenFile(path, flags, 0)
}
