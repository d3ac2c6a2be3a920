package cli

import (
	"testing"

	"go.uber.org/goleak"
)

// The log file's goroutine, which removes old files, never ends.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("gopkg.in/natefinch/lumberjack%2ev2.(*Logger).millRun"))
}
