package relay

import "fmt"

// Counted is a number with its noun: Counted(1, "row") is "1 row", Counted(3, "row") is "3 rows".
func Counted[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
