package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

func TestBenchSendsByTheClock(t *testing.T) {
	p := &playedLoad{played: []relay.Result{answered(time.Second, 2, relay.Cost{})}}
	r := playBench(t, p, "-n", "9", "--rate", "2.5", "--arrivals", "poisson", "--json")
	if p.plan.N != 9 || p.plan.Rate != 2.5 || !p.plan.Poisson || p.plan.Most < 1 {
		t.Errorf("planned %+v", p.plan)
	}
	if !strings.Contains(r.stderr, "9 requests of deepseek-v3.2 at relay, 2.5 a second on average, after 1 warm-up") {
		t.Errorf("the rate is not in %s", r.stderr)
	}
	if o, _ := benchResult(t, r.stdout); !near(o.Config.Rate, 2.5) || o.Config.Arrivals == nil ||
		*o.Config.Arrivals != "poisson" {
		t.Errorf("config %+v", o.Config)
	}
	if o, _ := benchResult(t, playBench(t, p, "--json").stdout); p.plan.Rate != 0 || o.Config.Rate != nil ||
		o.Config.Arrivals != nil {
		t.Errorf("a closed loop has a rate: %+v, %+v", p.plan, o.Config)
	}
}

// TestBenchKeepsToTheLimitThatTheUserSet: a default is no limit.
func TestBenchKeepsToTheLimitThatTheUserSet(t *testing.T) {
	limited := filepath.Join(t.TempDir(), "limited.toml")
	const endpoint = "[[endpoints]]\nname = \"a\"\nbase_url = \"http://127.0.0.1:9/v1\"\nconcurrency = 4\n"
	if err := os.WriteFile(limited, []byte(endpoint), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no limit set": {[]string{"--base-url", "http://127.0.0.1:9/v1", "-c", "500"}, exitOK, "500 at a time"},
		"at the limit": {[]string{"--config", limited, "-c", "4"}, exitOK, "4 at a time"},
		"above it":     {[]string{"--config", limited, "-c", "5"}, exitUsage, "-c 5 is above the 4 requests"},
		"forced": {[]string{"--config", limited, "-c", "5", "--force"}, exitOK,
			"the configuration allows 4 requests at the same time: the others wait"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &playedLoad{played: []relay.Result{answered(time.Second, 2, relay.Cost{})}}
			args := append([]string{"-n", "1"}, c.args...)
			if r := playBenchAs(t, p, args...); r.code != c.code || !strings.Contains(r.stderr, c.says) {
				t.Errorf("exit %d, want %d with %q: %s", r.code, c.code, c.says, r.stderr)
			}
		})
	}
}
