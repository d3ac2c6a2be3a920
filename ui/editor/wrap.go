package editor

import "github.com/charmbracelet/x/ansi"

// wrap breaks a line into rows. rows are those already known, at least of the beginning; it goes on from the last
// of them. Words stay whole where they fit. One blank may stand beyond the last cell of a row; further ones begin
// the next row.
func wrap(runes []rune, rows []int, width int) []int {
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

// clusterRunes bounds how many runes are looked at for one grapheme cluster.
const clusterRunes = 32

// cluster is the first grapheme cluster: its number of runes and its width in cells.
func cluster(runes []rune) (n, cells int) {
	if w := simpleWidth(runes[0]); w > 0 && (len(runes) == 1 || simpleWidth(runes[1]) > 0) {
		return 1, w
	}
	first, cells := ansi.FirstGraphemeCluster(string(runes[:min(len(runes), clusterRunes)]), ansi.GraphemeWidth)
	n = 0
	for range first {
		n++
	}
	return max(n, 1), cells
}

// simpleWidth is the width of the characters that most text consists of and that never join with one another; 0:
// the width must be looked up, which costs a hundred times as much.
func simpleWidth(r rune) int {
	switch {
	case r < 0x80:
		return 1
	case r >= 0x3041 && r <= 0x3096, r >= 0x30a1 && r <= 0x30fa, // kana
		r >= 0x4e00 && r <= 0x9fff, // Han
		r >= 0xac00 && r <= 0xd7a3: // Hangul
		return 2
	}
	return 0
}
