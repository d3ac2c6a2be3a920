package archive

import (
	"errors"
	"testing"
)

// TestOnlyNewsIsReported: that requests can be written is told only after they could not.
func TestOnlyNewsIsReported(t *testing.T) {
	full := errors.New("the disk is full")
	var got []error
	r := &reporter{}
	r.report(nil)
	r.listen(func(err error) { got = append(got, err) })
	for _, err := range []error{nil, nil, full, full, nil, nil} {
		r.report(err)
	}
	if len(got) != 3 || !errors.Is(got[0], full) || !errors.Is(got[1], full) || got[2] != nil {
		t.Errorf("reported %v", got)
	}
}
