package openai

import (
	"net/http"

	"relaytop/relay"
)

// noAnswer returns the error for a status that says that no answer comes; nil for any other status.
func noAnswer(status int) *relay.Error {
	e := &relay.Error{Class: relay.ClassProtocol, Status: status}
	switch status {
	case http.StatusSwitchingProtocols:
		e.Message = "101 Switching Protocols: the server went over to another protocol in place of an answer"
		e.Hint = "check the base URL: it may be that of a WebSocket"
	case http.StatusNoContent, http.StatusResetContent:
		e.Class = relay.ClassEmpty
		e.Message = "204 No Content: the server took the request and sent no answer"
		if status == http.StatusResetContent {
			e.Message = "205 Reset Content: the server took the request and sent no answer"
		}
	case http.StatusNotModified:
		e.Message = "304 Not Modified: a cache answered, not the relay"
		e.Hint = "a proxy or CDN in front of the relay caches its answers: ask its operator to turn that off for this path"
	default:
		return nil
	}
	return e
}

// unanswered is what a status says about a response that holds no answer after all; "": nothing.
func unanswered(status int) string {
	switch status {
	case http.StatusAccepted:
		return "202 Accepted: the server took the request and sent no answer"
	case http.StatusPartialContent:
		return "206 Partial Content: the server, or a cache in front of it, sent no whole answer"
	}
	return ""
}

// exists reports whether HTTP has the class of a status. net/http takes any three digits.
func exists(status int) bool { return status >= 100 && status <= 599 }
