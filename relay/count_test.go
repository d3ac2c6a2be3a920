package relay

import "testing"

func TestCounted(t *testing.T) {
	for n, want := range map[int]string{0: "0 rows", 1: "1 row", 2: "2 rows", 1234: "1234 rows"} {
		if got := Counted(n, "row"); got != want {
			t.Errorf("Counted(%d) is %q, want %q", n, got, want)
		}
	}
}
