package chat

import "github.com/charmbracelet/x/ansi"

// breakRows goes on from rows, which are where the first rows begin, and breaks the rest. Words stay whole where they fit; one blank may
// stand beyond the last cell of a row, more begin the next.
func breakRows(runes []rune, rows []int, width int) []int {
	if len(rows) == 0 {
		rows = append(rows, 0)
	}
	start := rows[len(rows)-1]
	cells, word, wordCells := 0, -1, 0 // of the row; where its last word begins, and the cells from there on
	for i := start; i < len(runes); {
		n, w := cluster(runes[i:])
		space := runes[i] == ' '
		switch {
		case cells+w <= width:
			cells += w
			wordCells += w
			if space {
				word, wordCells = i+n, 0
			}
		case space:
			rows = append(rows, i+n)
			cells, word, wordCells = 0, -1, 0
		case word > rows[len(rows)-1]:
			rows = append(rows, word)
			cells, word = wordCells, -1
			continue // a wide character may still not fit behind the word
		case i > rows[len(rows)-1]:
			rows = append(rows, i)
			cells, word, wordCells = w, -1, 0
		default: // wider than a row
			cells += w
		}
		i += n
	}
	return rows
}

// clusterRunes bounds how many runes are looked at for one character as it is seen.
const clusterRunes = 32

// cluster is the first character as it is seen: how many runes it has and how many cells it takes.
func cluster(runes []rune) (n, cells int) {
	if w := alone(runes[0]); w > 0 && (len(runes) == 1 || alone(runes[1]) > 0) {
		return 1, w
	}
	first, cells := ansi.FirstGraphemeCluster(string(runes[:min(len(runes), clusterRunes)]), ansi.GraphemeWidth)
	n = 0
	for range first {
		n++
	}
	return max(n, 1), cells
}

// alone is the width of the characters that most text is made of, which never join with another of them; 0: it must be looked up, which
// costs a hundred times as much.
func alone(r rune) int {
	switch {
	case r < 0x80:
		return 1
	case r >= 0x3041 && r <= 0x3096, r >= 0x30a1 && r <= 0x30fa, r >= 0x4e00 && r <= 0x9fff, r >= 0xac00 && r <= 0xd7a3: // kana, Han, Hangul
		return 2
	}
	return 0
}
