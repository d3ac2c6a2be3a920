package config

import "fmt"

// SourceKind is the kind of place where a value was set.
type SourceKind uint8

const (
	SourceNone    SourceKind = iota // there is no value
	SourceDefault                   // it was not set
	SourceRelay                     // the default on the HolySheep relay
	SourceDerived                   // it follows from other settings
	SourceConfig                    // the configuration file
	SourceCommand                   // api_key_cmd of the configuration file
	SourceKeyFile                   // api_key_file
	SourceEnvFile                   // .env, or the file of --env-file
	SourceEnv                       // an environment variable
	SourceFlag                      // a flag of the command line
)

// Source is where a value comes from.
type Source struct {
	Kind  SourceKind
	Name  string // of the variable or flag, or the path of the file
	Line  int    // in that file
	Empty bool   // it was set to "" there, which means the default
}

// String is the source as `config show` prints it: flag --model, environment DEFAULT_MODEL, /path/.env:3.
func (s Source) String() string {
	if s.Empty {
		s.Empty = false
		return s.String() + " (empty: the default)"
	}
	switch s.Kind {
	case SourceDefault:
		return "default"
	case SourceRelay:
		return "default on the HolySheep relay"
	case SourceDerived:
		return "derived"
	case SourceConfig, SourceEnvFile:
		return fmt.Sprintf("%s:%d", s.Name, s.Line)
	case SourceCommand:
		return fmt.Sprintf("api_key_cmd in %s:%d", s.Name, s.Line)
	case SourceKeyFile:
		return s.Name
	case SourceEnv:
		return "environment " + s.Name
	case SourceFlag:
		return "flag --" + s.Name
	case SourceNone:
	}
	return "none"
}

// MarshalText is String: `config show --json` prints a source as one string.
func (s Source) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Outside reports whether the value was set in a place other than the configuration file: by a flag, by a variable,
// or in a file of its own.
func (s Source) Outside() bool {
	switch s.Kind {
	case SourceKeyFile, SourceEnvFile, SourceEnv, SourceFlag:
		return true
	case SourceNone, SourceDefault, SourceRelay, SourceDerived, SourceConfig, SourceCommand:
	}
	return false
}
