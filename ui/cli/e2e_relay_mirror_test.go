package cli_test

import (
	"io"
	"net/http"
)

// mirror answers with the body of the request, so that a script can check what was sent.
func mirror(_ *faulty, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	stream(w, string(body))
	end(w, "stop")
}
