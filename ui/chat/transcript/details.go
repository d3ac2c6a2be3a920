package transcript

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/widget"
)

// Details shows all that is known of a failed answer: the error as the relay sent it, and every attempt.
func Details(v *session.View) tea.Cmd {
	r := v.Result
	var b strings.Builder
	if r.Err != nil {
		b.WriteString(string(r.Err.Class))
		if r.Err.Status != 0 {
			b.WriteString("  HTTP " + strconv.Itoa(r.Err.Status))
		}
		if r.Err.Code != "" {
			b.WriteString("  " + r.Err.Code)
		}
		b.WriteString("\n" + advice(r) + "\n\n" + r.Err.Message + "\n")
	}
	for _, a := range r.Attempts {
		b.WriteString("\nattempt " + strconv.Itoa(a.N) + "  " + a.Endpoint + "  " + a.Model)
		if a.Status != 0 {
			b.WriteString("  HTTP " + strconv.Itoa(a.Status))
		}
		b.WriteString("\n  " + string(a.Class) + "  " + a.Message)
		if a.Wait > 0 {
			b.WriteString("\n  then waited " + widget.Duration(a.Wait).String() + ": " + a.WaitReason)
		}
		b.WriteByte('\n')
	}
	return overlay.Open(overlay.Message("failed", "request "+r.ID.String(), b.String()))
}
