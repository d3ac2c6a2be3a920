//go:build !unix

package tty

import "time"

// readable is never true: no input of such a system is filtered.
func readable(uintptr, time.Duration) bool { return false }
