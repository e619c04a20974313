package main

import (
	"cmp"
	"slices"
)

// This file brings accents into one form: a letter with its marks becomes the
// one letter that Unicode has for it, in whatever order the marks stood
// (normalisation form C, for the scripts of the table and for Hangul). Some
// spreadsheets write é as one character and some as two, and the two must be
// one person. What the table does not know stays as it is: such a text can
// only be taken for another one, and is then told.

// letter is a base and a mark.
type letter struct{ base, mark rune }

var compositions, decompositions = func() (map[letter]rune, map[rune]letter) {
	together, apart := map[letter]rune{}, map[rune]letter{}
	for mark, with := range composed {
		letters := []rune(with.letters)
		for pair := range slices.Chunk(letters, 2) {
			together[letter{pair[0], mark}] = pair[1]
			apart[pair[1]] = letter{pair[0], mark}
		}
	}
	return together, apart
}()

// compose brings the accents of a text into one form.
func compose(text string) string {
	var out, cluster []rune
	for _, c := range text {
		if _, isMark := composed[c]; !isMark {
			out = append(out, composeCluster(cluster)...)
			cluster = cluster[:0]
		}
		cluster = append(cluster, c)
	}
	return composeHangul(append(out, composeCluster(cluster)...))
}

// composeCluster composes one letter and the marks behind it. Marks at the
// start of the text have no letter, and are only brought into order.
func composeCluster(cluster []rune) []rune {
	if len(cluster) < 2 {
		return cluster
	}
	class := func(mark rune) int { return composed[mark].class }
	inOrder := func(a, b rune) int { return cmp.Compare(class(a), class(b)) }
	if class(cluster[0]) != 0 {
		slices.SortStableFunc(cluster, inOrder)
		return cluster
	}
	base, marks := takeApart(cluster[0])
	marks = append(marks, cluster[1:]...)
	slices.SortStableFunc(marks, inOrder)
	var left []rune
	for _, mark := range marks {
		// A mark that stays keeps those of its class behind it from the letter.
		blocked := len(left) > 0 && class(left[len(left)-1]) == class(mark)
		if whole, is := compositions[letter{base, mark}]; is && !blocked {
			base = whole
		} else {
			left = append(left, mark)
		}
	}
	return append([]rune{base}, left...)
}

// takeApart returns a letter without its marks, and these in order.
func takeApart(c rune) (base rune, marks []rune) {
	for base = c; ; {
		part, is := decompositions[base]
		if !is {
			slices.Reverse(marks)
			return base, marks
		}
		base, marks = part.base, append(marks, part.mark)
	}
}

// composeHangul composes Korean syllables, which Unicode numbers by a formula.
func composeHangul(text []rune) string {
	const syllables, leads, vowels, tails = 0xAC00, 0x1100, 0x1161, 0x11A7
	const vowelCount, tailCount, leadCount = 21, 28, 19
	var out []rune
	for _, c := range text {
		if len(out) > 0 {
			last := &out[len(out)-1]
			lead, vowel, tail := *last-leads, c-vowels, c-tails
			syllable := *last - syllables
			switch {
			case lead >= 0 && lead < leadCount && vowel >= 0 && vowel < vowelCount:
				*last = syllables + (lead*vowelCount+vowel)*tailCount
				continue
			case syllable >= 0 && syllable < leadCount*vowelCount*tailCount && syllable%tailCount == 0 && tail > 0 && tail < tailCount:
				*last += tail
				continue
			}
		}
		out = append(out, c)
	}
	return string(out)
}
