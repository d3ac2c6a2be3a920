package config

import (
	"os"
	"path/filepath"
	"runtime"
)

// Paths are the paths of our files. Nothing is created here: the writer creates the folder, 0700.
type Paths struct {
	ConfigFile string // config.toml
	Config     string // its folder; user themes in themes/
	Data       string // relaytop.db, demo.db, runs/
	Cache      string
	State      string // relaytop.log
}

// DB is the path of the database, or of the demo's: demo dollars are never added to real ones.
func (p Paths) DB(demo bool) string {
	if demo {
		return filepath.Join(p.Data, "demo.db")
	}
	return filepath.Join(p.Data, "relaytop.db")
}

// Runs is the folder of batch runs, or of the demo's.
func (p Paths) Runs(demo bool) string {
	if demo {
		return filepath.Join(p.Data, "demo-runs")
	}
	return filepath.Join(p.Data, "runs")
}

// Themes is the folder of the user's own themes.
func (p Paths) Themes() string { return filepath.Join(p.Config, "themes") }

// Copied is the file for copied text in a terminal without a clipboard.
func (p Paths) Copied() string { return filepath.Join(p.State, "copied.txt") }

// Log is the log file.
func (p Paths) Log() string { return filepath.Join(p.State, "relaytop.log") }

// findPaths follows the XDG specification on Linux and where its variables are set, else the conventions of macOS and
// Windows. --data-dir, or RELAYTOP_DATA_DIR, replaces all folders.
func findPaths(in Input, environ map[string]string) (Paths, error) {
	dir := in.DataDir
	if dir == "" {
		dir = environ["RELAYTOP_DATA_DIR"]
	}
	var p Paths
	if dir != "" {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(in.Dir, dir)
		}
		if file := fileIn(dir); file != "" {
			key := "--data-dir"
			if in.DataDir == "" {
				key = "RELAYTOP_DATA_DIR"
			}
			return p, &Error{Key: key, Message: file + " is a file: a folder is needed, which is created if missing"}
		}
		p = Paths{Config: dir, Data: dir, Cache: filepath.Join(dir, "cache"), State: dir}
	} else {
		h := home(in, environ)
		if h == "" {
			return p, &Error{Message: "there is no home folder: set HOME, or use --data-dir"}
		}
		p = platformPaths(in.OS, h, environ)
	}
	p.ConfigFile = filepath.Join(p.Config, "config.toml")
	if in.ConfigPath != "" {
		p.ConfigFile = in.ConfigPath
		if !filepath.IsAbs(p.ConfigFile) {
			p.ConfigFile = filepath.Join(in.Dir, p.ConfigFile)
		}
	}
	return p, nil
}

// fileIn returns the part of a folder's path that exists and is not a folder, or "".
func fileIn(dir string) string {
	for at := dir; ; at = filepath.Dir(at) {
		if info, err := os.Stat(at); err == nil {
			if !info.IsDir() {
				return at
			}
			return ""
		}
		if at == filepath.Dir(at) {
			return ""
		}
	}
}

func platformPaths(goos, h string, environ map[string]string) Paths {
	place := func(name string, otherwise ...string) string {
		// A relative XDG path counts as not set: its specification says so.
		if base := environ[name]; filepath.IsAbs(base) {
			return filepath.Join(base, "relaytop")
		}
		return filepath.Join(append([]string{h}, otherwise...)...)
	}
	switch goos {
	case "darwin":
		support := []string{"Library", "Application Support", "relaytop"}
		return Paths{
			Config: place("XDG_CONFIG_HOME", support...),
			Data:   place("XDG_DATA_HOME", support...),
			Cache:  place("XDG_CACHE_HOME", "Library", "Caches", "relaytop"),
			State:  place("XDG_STATE_HOME", "Library", "Logs", "relaytop"),
		}
	case "windows":
		local := place("LOCALAPPDATA", "AppData", "Local", "relaytop")
		return Paths{Config: place("APPDATA", "AppData", "Roaming", "relaytop"), Data: local,
			Cache: filepath.Join(local, "cache"), State: filepath.Join(local, "state")}
	}
	return Paths{
		Config: place("XDG_CONFIG_HOME", ".config", "relaytop"),
		Data:   place("XDG_DATA_HOME", ".local", "share", "relaytop"),
		Cache:  place("XDG_CACHE_HOME", ".cache", "relaytop"),
		State:  place("XDG_STATE_HOME", ".local", "state", "relaytop"),
	}
}

func home(in Input, environ map[string]string) string {
	if in.Home != "" {
		return in.Home
	}
	if runtime.GOOS == "windows" {
		return environ["USERPROFILE"]
	}
	return environ["HOME"]
}
