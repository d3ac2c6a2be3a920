package job

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// signHolder writes who we are into the lock file. It is only ever shown: the lock itself is the system's.
func signHolder(f *os.File) error {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	who := fmt.Sprintf("process %d on %s\n", os.Getpid(), host)
	if err := f.Truncate(0); err != nil {
		return fmt.Errorf("signing the lock: %w", err)
	}
	if _, err := f.WriteAt([]byte(who), 0); err != nil {
		return fmt.Errorf("signing the lock: %w", err)
	}
	return nil
}

// holder reads who has the lock.
func holder(f *os.File) string {
	b, err := io.ReadAll(io.NewSectionReader(f, 0, 256))
	if who := strings.TrimSpace(string(b)); err == nil && who != "" {
		return who
	}
	return "it did not say who it is"
}

// held reports whether some process holds the run in this folder.
func held(path string) bool {
	if _, err := os.Lstat(path); err != nil {
		return false
	}
	f, err := openOwn(path, os.O_RDWR)
	if err != nil {
		return false
	}
	defer f.Close()
	return probeHeld(f)
}
