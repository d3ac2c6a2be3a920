package sim

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// editPlay makes an Edit of how the response is sent.
func editPlay(fault string, change func(*Request, *Play)) Edit {
	return Edit{Fault: fault, Play: change}
}

// Replace plays another response in place of the answer.
func Replace(p Play) Edit {
	return editPlay(p.Fault, func(_ *Request, old *Play) { *old = p })
}

// Status refuses with this status, with the body and headers that OpenAI sends with it.
func Status(status int) Edit {
	return editPlay(strconv.Itoa(status), func(r *Request, p *Play) {
		switch status {
		case http.StatusTooManyRequests:
			*p = *rateLimited(r.Model, 0, retryAfter)
			p.Header["X-Ratelimit-Remaining-Requests"] = "0"
			p.Header["X-Ratelimit-Reset-Requests"] = retryAfter.String()
		case http.StatusServiceUnavailable:
			*p = *overloaded()
		default:
			*p = *errorPlay(status, statusError(r, status))
		}
	})
}

func statusError(r *Request, status int) apiError {
	switch status {
	case http.StatusUnauthorized:
		return wrongKey("Bearer sk-simulated-0000")
	case http.StatusPaymentRequired:
		return apiError{Message: "Insufficient Balance", Type: "unknown_error", Code: "invalid_request_error"}
	case http.StatusNotFound:
		return unknownModel(r.Model)
	case 529:
		return apiError{Message: "Overloaded", Type: "overloaded_error"}
	case http.StatusInternalServerError:
		return apiError{Message: "The server had an error while processing your request. Sorry about that!",
			Type: "server_error"}
	}
	if status >= 500 {
		return apiError{Message: fmt.Sprintf("upstream error: %s", http.StatusText(status)), Type: "server_error",
			Code: "bad_response_status_code"}
	}
	return apiError{Message: http.StatusText(status), Type: "invalid_request_error"}
}

// CutContent ends the response after n chunks with tokens, or after half of them if the answer has no more than n.
func CutContent(n int, end End) Edit {
	return editPlay("cut", func(_ *Request, p *Play) {
		p.keep(n)
		p.End = end
	})
}

// keep drops all frames after the n-th with tokens. Of an answer with no more than n it keeps half of the frames,
// because the answer must be incomplete; of a plain answer, half of the bytes.
func (p *Play) keep(n int) {
	contents := 0
	for _, f := range p.Frames {
		if f.Content {
			contents++
		}
	}
	if contents == 1 && p.Frames[0].Raw {
		if n == 0 {
			p.Frames = nil
			return
		}
		p.Frames[0].Data = p.Frames[0].Data[:len(p.Frames[0].Data)/2]
		return
	}
	if n >= contents {
		n = contents / 2
	}
	for i, f := range p.Frames {
		if f.Content {
			n--
		}
		if n < 0 {
			p.Frames = p.Frames[:i]
			return
		}
	}
}

// Stall sends n chunks with tokens and then nothing, with the connection open.
func Stall(n int) Edit {
	return editPlay("stall", func(_ *Request, p *Play) {
		p.keep(n)
		p.End = EndHold
	})
}

// Empty answers 200 without a body.
func Empty() Edit {
	return editPlay("empty", func(_ *Request, p *Play) { p.Frames = nil })
}

// Slow stretches the whole schedule.
func Slow(times float64) Edit {
	return editPlay("slow", func(_ *Request, p *Play) {
		p.Wait = time.Duration(float64(p.Wait) * times)
		for i := range p.Frames {
			p.Frames[i].At = time.Duration(float64(p.Frames[i].At) * times)
		}
	})
}

// HTML answers with a gateway's error page.
func HTML(status int) Edit {
	return editPlay("html", func(_ *Request, p *Play) {
		title := fmt.Sprintf("%d %s", status, http.StatusText(status))
		*p = Play{Status: status, Fault: "html", Header: map[string]string{"Content-Type": "text/html"},
			Frames: []Frame{{Raw: true,
				Data: "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title +
					"</h1></center>\r\n<hr><center>nginx/1.27.1</center>\r\n</body>\r\n</html>\r\n"}}}
	})
}

// Garbage sends a broken JSON event, with bytes that must not reach a terminal, after n chunks with tokens.
func Garbage(n int) Edit {
	return editPlay("garbage", func(_ *Request, p *Play) {
		at := p.lastAt()
		p.keep(n)
		p.Frames = append(p.Frames, Frame{At: at, Data: "{\"choices\":[{\"delta\":{\"content\":\"\x1b]0;owned\x07\xff"})
	})
}

func (p *Play) lastAt() time.Duration {
	if len(p.Frames) == 0 {
		return p.Wait
	}
	return p.Frames[len(p.Frames)-1].At
}
