package job

import "fmt"

// faultError is a panic of one of our goroutines.
type faultError struct{ what any }

func (e *faultError) Error() string { return fmt.Sprintf("a fault in relaytop: %v", e.what) }

// caught makes a panic of the function that defers it the error of that function.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = &faultError{p}
	}
}
