package markdown

import (
	"regexp"
	"strings"
)

var (
	linkLabel = regexp.MustCompile(`(?s)^\[((?:[^\[\]\\]|\\.)*)\]`)
	angled    = regexp.MustCompile(`^<(\\.|[^>\\\n])*>`)
	linkTitle = regexp.MustCompile(`(?s)^("(\\.|[^"\\])*"|'(\\.|[^'\\])*'|\((\\.|[^()\\])*\))`)
	// bareAddress stands in a text without any brackets. It may have backticks, which are no code then.
	bareAddress = regexp.MustCompile(
		`^(?:(?:https?|ftp)://|www\.)[-\w@:%.+~#=]+\.[a-z]+(?::\d+)?(?:[/#?][!-);+-;=-\[\]-{}~]*)?`)
	footnote = regexp.MustCompile(`^\[(\^[^\[\] \n]+)\]`)
)

// bracket is a [ that may start a link, or the ![ of an image.
type bracket struct {
	at, words int  // where it starts, and where its words start
	dead      bool // there is a link in its words
}

// bracket opens what may be a link or an image. A reference to a footnote loses its ^.
func (f *flat) bracket(i int) int {
	if m := footnote.FindStringSubmatch(f.s[i:]); m != nil && f.defs[fold(m[1])] {
		f.drop(i+1, i+2)
		f.keep(i, i+len(m[0]))
		return len(m[0])
	}
	n := strings.IndexByte(f.s[i:], '[') + 1
	if n < 1 || n > 2 || n == 2 && f.s[i] != '!' {
		return 1
	}
	f.brackets = append(f.brackets, bracket{at: i, words: i + n})
	return n
}

// link lets the brackets of a link go that end at i, and its target if its words say the same.
func (f *flat) link(i int) int {
	n := len(f.brackets) - 1
	if n < 0 {
		return 1
	}
	b := f.brackets[n]
	f.brackets = f.brackets[:n]
	words, image := f.s[b.words:i], b.words-b.at == 2
	if b.dead && !image {
		return 1
	}
	behind, whole := "", true // a link whose brackets stay has the label in them
	if m := linkLabel.FindStringSubmatch(f.s[i+1:]); m != nil {
		label := m[1]
		if behind = m[0]; strings.TrimSpace(label) == "" {
			label, whole = words, false
		}
		if !f.defs[fold(label)] || strings.HasPrefix(fold(label), "^") {
			return 1
		}
	} else if behind = f.s[i+1 : i+1+targetEnd(f.s[i+1:])]; behind == "" && (!f.defs[fold(words)] ||
		strings.HasPrefix(fold(words), "^")) {
		return 1
	}
	end := i + 1 + len(behind)
	if image {
		f.drop(b.at, b.at+1)
		f.alt[f.at[b.at]], f.alt[f.at[end-1]] = "[image:", f.s[end-1:end]+"]"
	} else if strings.HasPrefix(behind, "(") {
		for k := range f.brackets {
			f.brackets[k].dead = true
		}
	}
	if behind != "" && whole {
		f.drop(b.at, b.words)
		f.drop(i, i+1)
	}
	f.keep(i, end)
	if target := strings.Trim(behind, "()"); target != "" && target == strings.TrimSpace(words) ||
		target == "mailto:"+words {
		f.drop(i+1, end)
	}
	return end - i
}

// targetEnd returns the length of the target of a link that s starts with, and of its title. A target may have
// parentheses that are not closed.
func targetEnd(s string) int {
	if !strings.HasPrefix(s, "(") {
		return 0
	}
	rest := strings.TrimLeft(s[1:], " \n")
	open := 0
	if m := angled.FindString(rest); m != "" {
		rest = rest[len(m):]
	} else {
		n := 0
		for ; n < len(rest) && open >= 0 && rest[n] != ' ' && rest[n] != '\n'; n++ {
			switch {
			case rest[n] == '\\' && n+1 < len(rest) && isASCIIPunct(rest[n+1]):
				n++
			case rest[n] == '(':
				open++
			case rest[n] == ')':
				open--
			}
		}
		if open < 0 {
			n--
		}
		rest = rest[n:]
	}
	rest = strings.TrimLeft(rest, " \n")
	if m := linkTitle.FindString(rest); m != "" {
		rest = strings.TrimLeft(rest[len(m):], " \n")
	}
	if !strings.HasPrefix(rest, ")") {
		return 0
	}
	return len(s) - len(rest) + 1
}
