package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"golang.org/x/term"

	"relaytop/relay"
	"relaytop/state/config"
	"relaytop/state/job"
)

// The smallest terminal in which all three panes have room.
const (
	roomyW = 80
	roomyH = 24
)

// screenCheck says what the terminal can show.
func (c *command) screenCheck() relay.Check {
	const name = "terminal"
	if !isTerminal(c.Stdout) {
		return relay.Unknown(name, "stdout is no terminal", "")
	}
	environ := os.Environ()
	said := []string{strings.ToLower(colorprofile.Detect(c.Stdout, environ).String()) + " colour"}
	var fixes []string
	w, h, err := term.GetSize(int(c.Stdout.Fd()))
	switch {
	case err != nil || w == 0:
		said = append(said, "size unknown")
	default:
		said = append(said, fmt.Sprintf("%dx%d", w, h))
		if w < roomyW || h < roomyH {
			fixes = append(fixes, fmt.Sprintf("make it %dx%d or larger: below that, parts are left out", roomyW, roomyH))
		}
	}
	if isUTF8() {
		said = append(said, "UTF-8")
	} else {
		said = append(said, "no UTF-8 in the locale")
		fixes = append(fixes, "use a UTF-8 locale, or --ascii")
	}
	said = append(said, "copying (OSC 52): not to be known from here")
	k := relay.Passed(name, strings.Join(said, ", "))
	if k.Fix = strings.Join(fixes, "; "); k.Fix != "" {
		k.OK = relay.Failing("", "", "").OK
	}
	return k
}

// isUTF8 follows the locale, by the order in which its variables count.
func isUTF8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(os.Getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}

// folder is folderCheck, and what happened when something was to be recorded there.
func (l *ledger) folder() relay.Check {
	k := folderCheck(l.cfg.Paths.Data)
	if errors.Is(l.no, errLedger) && (k.OK == nil || *k.OK) {
		return relay.Failing(k.Name, l.no.Error(), "mend that, or name another folder with --data-dir")
	}
	return k
}

// folderCheck says whether records can be kept. A folder that is not there yet is judged by the one that it would be made in.
func folderCheck(dir string) relay.Check {
	const name = "data_folder"
	info, err := os.Lstat(dir)
	at, later := dir, ""
	switch {
	case errors.Is(err, fs.ErrNotExist):
		later = ", made at the first start"
		for errors.Is(err, fs.ErrNotExist) && filepath.Dir(at) != at {
			at = filepath.Dir(at)
			_, err = os.Stat(at)
		}
	case err == nil && info.Mode()&fs.ModeSymlink != 0:
		return relay.Failing(name, dir+" is a link", "put a real folder there, or name one with --data-dir")
	case err == nil && !info.IsDir():
		return relay.Failing(name, dir+" is no folder", "move it away, or name a folder with --data-dir")
	}
	if err != nil {
		return relay.Failing(name, err.Error(), "name another folder with --data-dir")
	}
	f, err := os.CreateTemp(at, ".relaytop-doctor-*")
	if err != nil {
		return relay.Failing(name, "not writable: "+err.Error(), "give yourself the right to write there, or name another folder with --data-dir")
	}
	f.Close()
	os.Remove(f.Name())
	if later == "" && info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		k := relay.Passed(name, fmt.Sprintf("%s is writable, and others can look into it (mode %04o)", dir, info.Mode().Perm()))
		k.Fix = "run  chmod 700 on it"
		return k
	}
	return relay.Passed(name, dir+" is writable"+later)
}

// othersCheck says whether another relaytop runs a batch on the same folder: no harm, but the budget of the relay is shared.
func othersCheck(cfg *config.Config) relay.Check {
	const name = "other_relaytop"
	dir := cfg.Paths.Runs(cfg.Relay.Demo)
	if _, err := os.Stat(dir); err != nil {
		return relay.Passed(name, "no other one runs a batch from this data folder")
	}
	book, err := job.NewBook(job.Config{Dir: dir})
	if err != nil {
		return relay.Unknown(name, "can't be told: "+err.Error(), "")
	}
	var ids []string
	for _, h := range book.Headers() {
		if h.ReadOnly {
			ids = append(ids, h.ID)
		}
	}
	if len(ids) == 0 {
		return relay.Passed(name, "no other one runs a batch from this data folder")
	}
	return relay.Passed(name, fmt.Sprintf("another process runs %s; each keeps its own limits, the relay sees the sum", strings.Join(ids, ", ")))
}
