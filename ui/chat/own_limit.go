package chat

import (
	"fmt"

	"relaytop/relay"
	"relaytop/ui/widget"
)

// limitWarning is why a message of so many tokens has to wait for a limit of our own; "" if an endpoint takes it now.
func limitWarning(limits []relay.Allowance, tokens int64) string {
	why := ""
	for i := range limits {
		a := &limits[i]
		switch {
		case a.Out != "":
		case a.ChatRequests == 0:
			why = fmt.Sprintf("this message will wait: our own limit of %d requests a minute is used%s", a.RequestsMax,
				setting(a.RequestsSetting, a.RequestsMax))
		case a.ChatTokens >= 0 && a.ChatTokens < min(tokens+relay.AssumedAnswer, a.TokensMax):
			why = fmt.Sprintf("this message will wait: of our own limit of %s tokens a minute, %s are left%s",
				widget.Short(a.TokensMax), widget.Short(a.ChatTokens), setting(a.TokensSetting, a.TokensMax))
		default:
			return ""
		}
	}
	return why
}

func setting(name string, n int64) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" (%s = %d)", name, n)
}
