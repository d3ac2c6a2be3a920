package sim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Framed writes the events in this framing.
func Framed(f Framing) Edit { return editPlay("", func(_ *Request, p *Play) { p.Framing = f }) }

// LineEnds ends every line of the stream with eol: "\n", "\r\n" or "\r".
func LineEnds(eol string) Edit {
	return editPlay("", func(_ *Request, p *Play) { p.Framing.EOL = eol })
}

// Before puts lines before each event: comments such as ": OPENROUTER PROCESSING\n\n", "id: 7\nretry: 3000\n",
// "data:\n\n".
func Before(lines string) Edit {
	return editPlay("", func(_ *Request, p *Play) { p.Framing.Before = lines })
}

// Pings sends a comment whenever nothing has been due for the given time.
func Pings(every time.Duration) Edit {
	return editPlay("", func(_ *Request, p *Play) { p.Ping = every })
}

// PingForever sends pings and no token, until the client closes the connection.
func PingForever(every time.Duration) Edit {
	return editPlay("ping", func(_ *Request, p *Play) {
		p.Frames, p.Ping, p.End = nil, every, EndHold
	})
}

// WithoutDone leaves [DONE] out.
func WithoutDone() Edit { return Done("") }

// Done sends data in place of "[DONE]", such as "[DONE]  "; "" sends nothing.
func Done(data string) Edit {
	return editPlay("", func(_ *Request, p *Play) {
		p.Frames = slices.DeleteFunc(p.Frames, func(f Frame) bool { return f.Data == "[DONE]" && data == "" })
		for i := range p.Frames {
			if p.Frames[i].Data == "[DONE]" {
				p.Frames[i].Data = data
			}
		}
	})
}

// HoldOpen keeps the connection open after the last event.
func HoldOpen() Edit { return editPlay("", func(_ *Request, p *Play) { p.End = EndHold }) }

// CutBytes ends the body after n bytes.
func CutBytes(n int, end End) Edit {
	return editPlay("cut", func(_ *Request, p *Play) { p.CutAt, p.End = n, end })
}

// CutDone sends n chunks with tokens and then [DONE], without a finish_reason: the way one relay passes on a stream
// that was cut upstream.
func CutDone(n int) Edit {
	return editPlay("cut", func(_ *Request, p *Play) {
		p.keep(n)
		p.Frames = append(p.Frames, Frame{At: p.lastAt(), Data: "[DONE]"})
	})
}

// CutInvented is CutDone with a made-up usage before [DONE]: the way of another relay.
func CutInvented(n int) Edit {
	return editPlay("cut", func(r *Request, p *Play) {
		p.keep(n)
		p.Frames = append(p.Frames,
			Frame{At: p.lastAt(), Data: `{"id":` + quote(r.id()) + `,"object":"chat.completion.chunk","model":` +
				quote(r.Model) +
				`,"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":999,"total_tokens":1009}}`},
			Frame{At: p.lastAt(), Data: "[DONE]"})
	})
}

// Bytes writes step bytes at a time.
func Bytes(step int) Edit { return editPlay("", func(_ *Request, p *Play) { p.Step = step }) }

// Gzip compresses the body, whether or not the request allows it.
func Gzip() Edit { return editPlay("", func(_ *Request, p *Play) { p.Gzip = true }) }

// Late delays the status line and everything after it.
func Late(d time.Duration) Edit {
	return editPlay("", func(_ *Request, p *Play) {
		p.Wait += d
		for i := range p.Frames {
			p.Frames[i].At += d
		}
	})
}

// Header sets a response header; "" removes it.
func Header(name, value string) Edit {
	return editPlay("", func(_ *Request, p *Play) {
		if p.Header == nil {
			p.Header = map[string]string{}
		}
		p.Header[http.CanonicalHeaderKey(name)] = value
	})
}

// ThenDone adds "data: [DONE]" after a JSON answer.
func ThenDone() Edit {
	return editPlay("", func(_ *Request, p *Play) {
		p.Frames = append(p.Frames, Frame{At: p.lastAt(), Raw: true, Data: "\n\ndata: [DONE]\n\n"})
	})
}

// Then sends more events after the last one, also after [DONE].
func Then(events ...string) Edit {
	return editPlay("", func(_ *Request, p *Play) {
		for _, data := range events {
			p.Frames = append(p.Frames, Frame{At: p.lastAt(), Data: data})
		}
	})
}

// LongLine sends a content chunk with n bytes of text before the first one.
func LongLine(n int) Edit {
	return editPlay("", func(_ *Request, p *Play) {
		i := max(0, slices.IndexFunc(p.Frames, func(f Frame) bool { return f.Content }))
		p.Frames = slices.Insert(p.Frames, i, Frame{At: p.Wait, Content: true,
			Data: `{"choices":[{"index":0,"delta":{"content":"` + strings.Repeat("x", n) + `"},"finish_reason":null}]}`})
	})
}
