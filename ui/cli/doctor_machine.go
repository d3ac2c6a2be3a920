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

// The smallest terminal with room for all three panes, and the smallest that shows anything.
const (
	roomyW, roomyH = 80, 24
	leastW, leastH = 60, 15
)

// screenCheck reports what the terminal can show. What relaytop can do without is not a failure.
func screenCheck(stdout *os.File) relay.Check {
	if !isTerminal(stdout) {
		return relay.Inapplicable("terminal", "stdout is not a terminal")
	}
	environ := os.Environ()
	w, h, err := term.GetSize(int(stdout.Fd()))
	if err != nil {
		w, h = 0, 0
	}
	return judgeScreen(colourWord(colorprofile.Detect(stdout, environ)), w, h, os.Getenv("TERM") == "dumb", isUTF8())
}

// judgeScreen judges a terminal by its size; 0 by 0 is unknown.
func judgeScreen(colours string, w, h int, dumb, utf8 bool) relay.Check {
	k := relay.Passed("terminal", "")
	details, fixes := []string{colours}, []string(nil)
	lacks := func(fix string) {
		k.OK = nil
		fixes = append(fixes, fix)
	}
	if dumb {
		details = append(details, "TERM=dumb can't draw the dashboard")
		lacks("set TERM to the type of the terminal, such as xterm-256color; only the dashboard needs it")
	}
	switch {
	case w == 0:
		details = append(details, "size unknown")
	case w < roomyW || h < roomyH:
		details = append(details, fmt.Sprintf("%dx%d", w, h))
		lacks(fmt.Sprintf("make it %dx%d or larger; below that, parts of the dashboard are left out", roomyW, roomyH))
	default:
		details = append(details, fmt.Sprintf("%dx%d", w, h))
	}
	if utf8 {
		details = append(details, "UTF-8")
	} else {
		details = append(details, "no UTF-8 in the locale")
		lacks("use a UTF-8 locale, or --ascii")
	}
	if w > 0 && (w < leastW || h < leastH) {
		ok := false
		k.OK = &ok
		fixes = []string{fmt.Sprintf("make it at least %dx%d; below that the dashboard shows nothing", leastW, leastH)}
	}
	k.Detail = strings.Join(append(details, "copying (OSC 52) can't be checked"), ", ")
	k.Fix = strings.Join(fixes, "; ")
	return k
}

func colourWord(p colorprofile.Profile) string {
	no, set := os.LookupEnv("NO_COLOR")
	switch {
	case set && no != "":
		return "no colour (NO_COLOR)"
	case p == colorprofile.TrueColor:
		return "true colour"
	case p == colorprofile.ANSI256:
		return "256 colours"
	case p == colorprofile.ANSI:
		return "16 colours"
	}
	return "no colour"
}

// isUTF8 reads the locale variables in their order of precedence.
func isUTF8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(os.Getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}

// folder is folderCheck, or the error of an attempt to record something there.
func (l *ledger) folder() relay.Check {
	k := folderCheck(l.cfg.Paths.Data)
	if errors.Is(l.no, errLedger) && (k.OK == nil || *k.OK) {
		return relay.Failing(k.Name, l.no.Error(), "fix that, or name another folder with --data-dir")
	}
	return k
}

// folderCheck reports whether records can be kept. A missing folder is judged by the one that it would be created in.
func folderCheck(dir string) relay.Check {
	const name = "data_folder"
	info, err := os.Lstat(dir)
	at, later := dir, ""
	switch {
	case errors.Is(err, fs.ErrNotExist):
		later = ", created at the first start"
		for errors.Is(err, fs.ErrNotExist) && filepath.Dir(at) != at {
			at = filepath.Dir(at)
			_, err = os.Stat(at)
		}
	case err == nil && info.Mode()&fs.ModeSymlink != 0:
		return relay.Failing(name, dir+" is a link", "put a real folder there, or name one with --data-dir")
	case err == nil && !info.IsDir():
		return relay.Failing(name, dir+" is not a folder", "move it away, or name a folder with --data-dir")
	}
	if err != nil {
		return relay.Failing(name, err.Error(), "name another folder with --data-dir")
	}
	f, err := os.CreateTemp(at, ".relaytop-doctor-*")
	if err != nil {
		return relay.Failing(name, "not writable: "+err.Error(),
			"allow writing there, or name another folder with --data-dir")
	}
	f.Close()
	os.Remove(f.Name())
	if later == "" && info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		k := relay.Passed(name,
			fmt.Sprintf("%s is writable, but other users can read it (mode %04o)", dir, info.Mode().Perm()))
		k.Fix = "run chmod 700 on it"
		return k
	}
	return relay.Passed(name, dir+" is writable"+later)
}

// othersCheck reports whether another relaytop runs a batch from the same folder. That does no harm, but both share
// the limits of the relay.
func othersCheck(cfg *config.Config) relay.Check {
	const name = "other_relaytop"
	dir := cfg.Paths.Runs(cfg.Relay.Demo)
	if _, err := os.Stat(dir); err != nil {
		return relay.Passed(name, "no other relaytop runs a batch from this data folder")
	}
	book, err := job.NewBook(job.Config{Dir: dir})
	if err != nil {
		return relay.Unknown(name, "can't be checked: "+err.Error(), "")
	}
	var ids []string
	for _, h := range book.Headers() {
		if h.ReadOnly {
			ids = append(ids, h.ID)
		}
	}
	if len(ids) == 0 {
		return relay.Passed(name, "no other relaytop runs a batch from this data folder")
	}
	return relay.Passed(name, fmt.Sprintf("another process runs %s; each keeps to its own limits, and the relay sees "+
		"the sum", strings.Join(ids, ", ")))
}
