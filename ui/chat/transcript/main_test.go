package transcript

import (
	"testing"

	"go.uber.org/goleak"
)

// The regular expressions that highlight code have a clock, which ends a second after the last match.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/dlclark/regexp2/v2.runClock"))
}
