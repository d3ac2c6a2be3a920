//go:build linux

package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// TestTheScreenNamesADotEnv: where a .env decides where requests go, and where it is not used for that, the dashboard
// says so on its screen, beside that the relay lists no models.
func TestTheScreenNamesADotEnv(t *testing.T) {
	p := buildProgram(t)
	relay := listen(t)
	dotenv := "OPENAI_BASE_URL=" + relay.URL + "/v1\nOPENAI_API_KEY=sk-of-the-folder\n"
	if err := os.WriteFile(filepath.Join(filepath.Dir(p.path), ".env"), []byte(dotenv), 0o600); err != nil {
		t.Fatal(err)
	}
	s := p.onScreen(t)
	s.until(t, "requests go to "+relay.URL+"/v1, because of .env:1 in this folder", "; openai does not list")
	s.end()
	p.env = append(p.env, "HOLYSHEEP_BASE_URL="+relay.URL+"/v1")
	s = p.onScreen(t)
	s.until(t, "m not used from the .env in this folder: OPENAI_BASE_URL") // behind the colour of the screen's line
	s.end()
}
