package openai

import (
	"net/url"
	"strings"
	"testing"

	"relaytop/relay"
)

func TestCleanURL(t *testing.T) {
	for _, tc := range []struct {
		in        string
		allow     bool
		want, err string
	}{
		{in: "https://api.holysheep.ai/v1", want: "https://api.holysheep.ai/v1"},
		{in: " https://api.holysheep.ai/v1// ", want: "https://api.holysheep.ai/v1"},
		{in: "https://api.holysheep.ai", want: "https://api.holysheep.ai/v1"},
		{in: "https://api.holysheep.ai/", want: "https://api.holysheep.ai/v1"},
		{in: "https://api.holysheep.ai/v1/chat/completions", want: "https://api.holysheep.ai/v1"},
		{in: "https://api.holysheep.ai/chat/completions/", want: "https://api.holysheep.ai/v1"},
		{in: "https://open.bigmodel.cn/api/paas/v4", want: "https://open.bigmodel.cn/api/paas/v4"},
		{in: "HTTPS://x.example/v1", want: "https://x.example/v1"},
		{in: "https://x.example/#top", err: `"https://x.example/v1"`},
		{in: "https://x.example/a%2Fb/v1", want: "https://x.example/a%2Fb/v1"},
		{in: "http://localhost.:8080", want: "http://localhost.:8080/v1"},
		{in: "//127.0.0.1:1/v1", err: `"http://127.0.0.1:1/v1"`},
		{in: "http:/127.0.0.1:8/v1", err: `"http://127.0.0.1:8/v1"`},
		{in: "https:relay.example", err: `"https://relay.example/v1"`},
		{in: "http:relay.example", err: `"https://relay.example/v1"`},
		{in: "::::", err: "https://api.example.com/v1"},
		{in: "https:", err: "no scheme"},
		{in: "bob:hidden@relay.example", err: `"https://relay.example/v1"`},
		{in: "https://bob:hidden@relay.example", err: `"https://relay.example/v1"`},
		{in: "https://bob:hid/hidden@relay.example", err: "port"},
		{in: "ws://relay.example/v1", err: `"https://relay.example/v1"`},
		{in: "htp://127.0.0.1:5/v1", err: `"http://127.0.0.1:5/v1"`},
		{in: "https://relay.example:99999/v1", err: "1 to 65535"},
		{in: "https://relay.example:0/v1", err: "1 to 65535"},
		{in: "https://relay.example:abc/v1", err: "1 to 65535"},
		{in: "relay.example:99999", err: "https://api.example.com/v1"},
		{in: "http://relay.example?key=hidden",
			err: `"https://relay.example/v1", or set allow_http = true for it in config.toml`},
		{in: "http://127.0.0.1:8080/v1", want: "http://127.0.0.1:8080/v1"},
		{in: "http://127.0.0.1:8080/.", want: "http://127.0.0.1:8080/."},
		{in: "http://127.0.0.1:8080/./", want: "http://127.0.0.1:8080/."},
		{in: "http://[::1]:8080", want: "http://[::1]:8080/v1"},
		{in: "http://localhost:11434/v1", want: "http://localhost:11434/v1"},
		{in: "http://relay.example/v1", err: `"https://relay.example/v1"`},
		{in: "http://relay.example/v1", allow: true, want: "http://relay.example/v1"},
		{in: "api.holysheep.ai/v1/", err: `"https://api.holysheep.ai/v1"`},
		{in: "localhost:8080", err: `"http://localhost:8080/v1"`},
		{in: "ftp://u:hidden@x.example/v1?k=hidden", err: `"https://x.example/v1"`},
		{in: "http://0.0.0.0:11434/v1", want: "http://127.0.0.1:11434/v1"},
		{in: "http://0.0.0.0", want: "http://127.0.0.1/v1"},
		{in: "http://[::]:8080", want: "http://[::1]:8080/v1"},
		{in: "0.0.0.0:11434", err: `"http://127.0.0.1:11434/v1"`},
		{in: `"https://relay.example/v1"`, want: "https://relay.example/v1"},
		{in: " 'https://relay.example' ", want: "https://relay.example/v1"},
		{in: `"https://relay.example/v1`, err: "is not a URL"},
		{in: `""`, err: "empty"},
		{in: "", err: "empty"},
		{in: "https://", err: "no host"},
		{in: "https://a b/v1", err: "not a URL"},
	} {
		got, err := CleanURL(tc.in, tc.allow)
		switch {
		case (err != nil) != (tc.err != "") || got != tc.want:
			t.Errorf("%q: got %q, %v", tc.in, got, err)
		case err != nil && (!strings.Contains(err.Error(), tc.err) || strings.Contains(err.Error(), "hidden")):
			t.Errorf("%q: error %v, want %s in it", tc.in, err, tc.err)
		}
	}
}

func FuzzCleanURL(f *testing.F) {
	f.Add("https://a/v1/chat/completions")
	f.Add("localhost:1")
	f.Add("https://u:p@[::1%25en0]:8/%2f/v1/?k=v#x")
	f.Fuzz(func(t *testing.T, raw string) {
		if safe, err := CleanURL(raw, false); err == nil {
			if u, err := url.Parse(safe); err != nil || u.Host == "" ||
				u.Scheme != "https" && !relay.IsLoopback(u.Hostname()) || u.Fragment != "" {
				t.Fatalf("%q: %q, %v", raw, safe, err)
			}
		}
		once, err := CleanURL(raw, true)
		if err != nil {
			return
		}
		if twice, err := CleanURL(once, true); err != nil || twice != once {
			t.Fatalf("%q: first %q, then %q, %v", raw, once, twice, err)
		}
	})
}
