package openai

import (
	"bytes"
	"fmt"
	"html"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lineCap is the longest message that an error carries, in bytes.
const lineCap = 500

// oneLine puts a text on one line and caps it. Control characters become their pictures, since errors go to logs and pipes too; what else
// would act is filtered where it is shown.
func oneLine(s string) string {
	if len(s) > 4*lineCap {
		s = s[:4*lineCap]
	}
	return capped(strings.Map(picture, strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), unicode.IsSpace), " ")))
}

func picture(r rune) rune {
	switch {
	case r < ' ':
		return '\u2400' + r
	case r == 0x7f:
		return '\u2421'
	}
	return r
}

func capped(s string) string {
	if len(s) <= lineCap {
		return s
	}
	cut := lineCap
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// summary is one line about a body that is no JSON error: a page becomes its title, a text its beginning.
func summary(status int, kind string, body []byte) string {
	name := http.StatusText(status)
	if status >= 200 && status < 300 { // it says that all is well
		name = ""
	} else if name == "" {
		name = vendorStatus(status)
	}
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	switch {
	case len(body) == 0 && name != "":
		return name
	case len(body) == 0:
		return fmt.Sprintf("status %d without a body", status)
	case isXML(kind, body):
		return strings.TrimSuffix("an XML document: "+name, ": ")
	case body[0] == '<' || strings.Contains(kind, "html"):
		if t := title(body); t != "" {
			return "an HTML page: " + t
		}
		return strings.TrimSuffix("an HTML page: "+name, ": ")
	case body[0] == '{' || body[0] == '[':
		if name != "" {
			return name + ": " + oneLine(string(body))
		}
	}
	return oneLine(string(body))
}

// isXML tells the errors of object stores and old gateways from web pages.
func isXML(kind string, body []byte) bool {
	if strings.Contains(kind, "html") {
		return false
	}
	return bytes.HasPrefix(body, []byte("<?xml")) && !bytes.Contains(bytes.ToLower(body[:min(len(body), 300)]), []byte("<html"))
}

// vendorStatus names Cloudflare's own statuses.
func vendorStatus(status int) string {
	switch status {
	case 520:
		return "Web server returned an unknown error"
	case 521:
		return "Web server is down"
	case 522:
		return "Connection timed out"
	case 523:
		return "Origin is unreachable"
	case 524:
		return "A timeout occurred"
	case 529:
		return "Site is overloaded"
	}
	return ""
}

// title is the title of a page, or its first heading.
func title(page []byte) string {
	low := bytes.ToLower(page)
	if len(low) != len(page) { // letters that change their length: positions would not fit
		low = page
	}
	for _, tag := range []string{"title", "h1"} {
		start := bytes.Index(low, []byte("<"+tag))
		if start < 0 {
			continue
		}
		open := bytes.IndexByte(low[start:], '>')
		if open < 0 {
			continue
		}
		inner := page[start+open+1:]
		if end := bytes.IndexByte(inner, '<'); end >= 0 {
			if s := oneLine(html.UnescapeString(string(inner[:end]))); s != "" {
				return s
			}
		}
	}
	return ""
}
