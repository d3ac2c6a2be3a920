package input

import "testing"

func TestParseShard(t *testing.T) {
	for _, s := range []string{"", "1", "1/", "/2", "0/2", "3/2", "-1/2", "1/2/3", "a/b", "1/10001", "1 /2"} {
		if got, err := ParseShard(s); err == nil {
			t.Errorf("%q is %v", s, got)
		}
	}
	if got, err := ParseShard("2/3"); err != nil || got != (Shard{2, 3}) || got.String() != "2/3" {
		t.Errorf("%v, %v", got, err)
	}
}
