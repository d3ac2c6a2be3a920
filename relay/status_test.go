package relay

import "testing"

func TestStatusClass(t *testing.T) {
	for status, want := range map[Status]Class{
		StatusOK:        "",
		StatusLength:    "",
		StatusFiltered:  "",
		StatusTruncated: ClassTruncated,
		StatusEmpty:     ClassEmpty,
		StatusFailed:    ClassProtocol,
		StatusCancelled: ClassCancelled,
		"":              ClassProtocol,
	} {
		if got := status.Class(); got != want {
			t.Errorf("%q: %q, want %q", status, got, want)
		}
	}
}
