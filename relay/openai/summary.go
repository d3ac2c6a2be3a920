package openai

import (
	"bytes"
	"fmt"
	"html"
	"net/http"
	"strings"

	"relaytop/relay/openai/wire"
)

// summary describes a body that is not a JSON error in one line: the title of a page, the beginning of a text.
func summary(status int, kind string, body []byte) string {
	name := http.StatusText(status)
	if status >= 200 && status < 300 { // "OK" does not describe an error
		name = ""
	} else if name == "" {
		name = vendorStatus(status)
	}
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	switch {
	case len(body) == 0 && name != "":
		return name
	case len(body) == 0 && !exists(status):
		return ""
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
			return name + ": " + wire.OneLine(string(body))
		}
	}
	return wire.OneLine(string(body))
}

// isXML reports whether a body is XML, as object stores and old gateways send it, and not a web page.
func isXML(kind string, body []byte) bool {
	if strings.Contains(kind, "html") {
		return false
	}
	return bytes.HasPrefix(body, []byte("<?xml")) &&
		!bytes.Contains(bytes.ToLower(body[:min(len(body), 300)]), []byte("<html"))
}

// vendorStatus returns the text of the statuses that Cloudflare added.
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

// title returns the title of a page, or its first heading.
func title(page []byte) string {
	low := bytes.ToLower(page)
	if len(low) != len(page) { // lower case changed the length of a letter: positions would not match
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
			if s := wire.OneLine(html.UnescapeString(string(inner[:end]))); s != "" {
				return s
			}
		}
	}
	return ""
}
