package relay

import "testing"

func TestIsLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LocalHost.": true, "api.localhost": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true,
		"": false, "notlocalhost": false, "localhost.example": false, "10.0.0.1": false, "0.0.0.0": false,
		"127.0.0.1:80": false,
	} {
		if got := IsLoopback(host); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
}
