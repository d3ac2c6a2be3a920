package cli_test

import (
	"io"
	"net/http"
)

// mirror answers with the body that it was sent, so that a script sees what went over the wire.
func mirror(_ *faulty, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	stream(w, string(body))
	end(w, "stop")
}
