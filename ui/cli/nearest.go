package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// nearest is the name that was probably meant: the one that begins with what was typed, else the one with the fewest
// edits, one for each three letters. "" if there is none, or two are as near.
func nearest(typed string, names []string) string {
	best, least, tie := "", 1+max(len(typed)/3, 1), false
	for _, name := range names {
		d := edits(strings.ToLower(typed), name)
		if len(typed) > 1 && strings.HasPrefix(name, strings.ToLower(typed)) {
			d = 0
		}
		switch {
		case d < least && d < max(len(typed), len(name)):
			best, least, tie = name, d, false
		case d == least && best != "" && name != best:
			tie = true
		}
	}
	if tie {
		return ""
	}
	return best
}

// edits is how many letters have to be put in, left out, replaced or swapped with their neighbour to make b of a.
func edits(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			same := 1
			if a[i-1] == b[j-1] {
				same = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+same)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// meantCommand suggests the command that was probably meant by an unknown word below cmd, as a sentence; "" if there
// is none. One just below cmd comes first, then one of that name elsewhere; only below the root, one like it.
func meantCommand(cmd *cobra.Command, typed string) string {
	var all []string
	paths := map[string]string{}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				name := sub.Name()
				all = append(all, name)
				paths[name] = cmp.Or(paths[name], sub.CommandPath())
				walk(sub)
			}
		}
	}
	walk(cmd.Root())
	if path := meantBelow(cmd, typed); path != "" {
		return "did you mean `" + path + "`? "
	}
	if path := paths[typed]; path != "" && (cmd == cmd.Root() || path == cmd.Root().Name()+" "+typed) {
		return "did you mean `" + path + "`? "
	}
	if cmd != cmd.Root() {
		return ""
	}
	if name := nearest(typed, all); name != "" {
		return "did you mean `" + paths[name] + "`? "
	}
	return ""
}

// meantBelow is the command just below cmd that was probably meant by an unknown word; "" if there is none.
func meantBelow(cmd *cobra.Command, typed string) string {
	var names []string
	for _, sub := range cmd.Commands() {
		if slices.Contains(sub.SuggestFor, typed) {
			return sub.CommandPath()
		}
		if sub.IsAvailableCommand() || sub.Name() == "help" {
			names = append(names, sub.Name())
		}
	}
	if name := nearest(typed, names); name != "" {
		return cmd.CommandPath() + " " + name
	}
	return ""
}

// meantCommandNotFile is wrong use if the first argument is not a file but nearly a command below cmd.
func meantCommandNotFile(cmd *cobra.Command, args []string) error {
	if len(args) == 0 || strings.ContainsAny(args[0], `./\`) {
		return nil
	}
	if _, err := os.Stat(args[0]); err == nil {
		return nil
	}
	if meant := meantBelow(cmd, args[0]); meant != "" {
		return fail(exitUsage, fmt.Errorf("there is no file %q; did you mean `%s`?", args[0], meant))
	}
	return nil
}

// meantFlag suggests the flag that was probably meant by an unknown one, as the middle of a sentence; "" if there is
// none.
func meantFlag(cmd *cobra.Command, err error) string {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || unknown.GetSpecifiedShortnames() != "" {
		return ""
	}
	typed := unknown.GetSpecifiedName()
	if low := strings.ToLower(typed); low == "key" || low == "token" || strings.HasSuffix(low, "api-key") {
		return "; no flag takes a key: set HOLYSHEEP_API_KEY or OPENAI_API_KEY, or run `relaytop init`"
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if name := nearest(strings.ReplaceAll(typed, "_", "-"), names); name != "" {
		return "; did you mean --" + name + "?"
	}
	if path := ownerOf(cmd.Root(), typed); path != "" {
		return "; it is a flag of `" + path + "`"
	}
	return ""
}

// ownerOf is the first command that has a flag of its own with this name; "" if no one has.
func ownerOf(cmd *cobra.Command, name string) string {
	for _, sub := range cmd.Commands() {
		if f := sub.LocalNonPersistentFlags().Lookup(name); f != nil && !f.Hidden && sub.IsAvailableCommand() {
			return sub.CommandPath()
		}
		if path := ownerOf(sub, name); path != "" {
			return path
		}
	}
	return ""
}
