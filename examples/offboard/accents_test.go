package main

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every composed letter is the same as its parts, in whatever order marks of
// different classes stand.
func TestCompose(t *testing.T) {
	require.Greater(t, len(decompositions), 800)
	for whole := range decompositions {
		base, marks := takeApart(whole)
		require.Equal(t, string(whole), compose(string(whole)))
		require.Equal(t, string(whole), compose(string(base)+string(marks)))
		if len(marks) == 2 && composed[marks[0]].class != composed[marks[1]].class {
			slices.Reverse(marks)
			require.Equal(t, string(whole), compose(string(base)+string(marks)))
		}
	}
	for _, test := range []struct{ parts, want string }{
		{"e\u0301", "é"}, {"Zoe\u0308", "Zoë"}, {"a\u0323\u0302", "ậ"}, {"a\u0302\u0323", "ậ"}, {"â\u0323", "ậ"}, {"ạ\u0302", "ậ"},
		{"q\u0307\u0323", "q\u0323\u0307"}, {"e\u0301\u0301", "é\u0301"}, {"\u0301e", "\u0301e"}, {"", ""},
		{"\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"}, {"\u1100\u1161x", "가x"}, {"가\u11a8", "각"}, {"각\u11a8", "각\u11a8"}, {"か\u3099", "が"},
	} {
		require.Equal(t, test.want, compose(test.parts), "%+q", test.parts)
		require.Equal(t, test.want, compose(compose(test.parts)))
	}
}

func TestClientsThatAreOne(t *testing.T) {
	for _, name := range []string{"CAFÉ Noir", "café noir", "Cafe\u0301 Noir", "CAFE\u0301 NOIR"} {
		require.Equal(t, clientID("Café Noir"), clientID(tidy(name)), name)
	}
	require.NotEqual(t, clientID("Café Noir"), clientID("Cafe Noir"))
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 50003: "50,003", 1234567: "1,234,567"} {
		require.Equal(t, want, number(n))
	}
}
