package editor

import "github.com/charmbracelet/x/ansi"

// wrap breaks a line into rows, from the last of the known rows on. Words stay whole where they fit. One blank may be
// beyond the last cell of a row; further ones begin the next row.
func wrap(runes []rune, rows []int, width int) []int {
	if len(rows) == 0 {
		rows = append(rows, 0)
	}
	start := rows[len(rows)-1]
	cells, word, wordCells := 0, -1, 0 // of the row; the rune at which its last word begins; of that word
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
			continue // a wide character may still not fit after the word
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

// clusterRunes is the most runes that are examined for one grapheme cluster.
const clusterRunes = 32

// cluster measures the first grapheme cluster: its runes and its cells.
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

// simpleWidth returns the width of common characters, which never join with one another. 0: the width must be looked
// up, which costs a hundred times as much.
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
