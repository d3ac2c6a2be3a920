package pane

import "relaytop/relay"

// Burn formats what is spent a minute: $0.0480. Nothing is $0.
func Burn(m relay.Money) string {
	if m <= 0 {
		return "$0"
	}
	return m.Dollars()
}
