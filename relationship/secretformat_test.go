package relationship_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
)

// request is what an embedding program might have around a secret.
type request struct {
	Secret  relationship.Secret
	Pointer *relationship.Secret
	List    []relationship.Secret
	Map     map[string]relationship.Secret
	Any     any
	hidden  relationship.Secret
	pointer *relationship.Secret
	list    []relationship.Secret
	keys    map[string]*relationship.Secret
	inner   struct{ secret relationship.Secret }
	relationship.Selector
}

func requests(secret relationship.Secret) map[string]any {
	around := request{
		Secret: secret, Pointer: &secret, List: []relationship.Secret{secret}, Any: secret,
		Map: map[string]relationship.Secret{"secret": secret}, hidden: secret, pointer: &secret,
		list: []relationship.Secret{secret}, keys: map[string]*relationship.Secret{"secret": &secret},
	}
	around.inner.secret = secret
	pointer := &secret
	return map[string]any{
		"the secret": secret, "a pointer": pointer, "a pointer to a pointer": &pointer, "a list": around.List,
		"an array": [1]relationship.Secret{secret}, "a map": around.Map, "a struct": around, "a pointer to a struct": &around,
		"a list of structs":       []request{around},
		"an anonymous struct":     struct{ secret relationship.Secret }{secret},
		"a struct that embeds it": struct{ relationship.Secret }{secret},
		"unexported and two deep": struct {
			inner struct{ list []relationship.Secret }
		}{struct{ list []relationship.Secret }{around.list}},
		"a map with pointers":       around.keys,
		"a channel's element type":  make(chan relationship.Secret),
		"a func that closes over":   func() relationship.Secret { return secret },
		"an error around it":        fmt.Errorf("opening %v: %w", secret, errors.New("no")),
		"an interface in a pointer": &around.Any,
	}
}

func TestLINK6_FormattingNeverShowsTheVerifier(t *testing.T) {
	secret, _ := plant(t, 10)
	require.False(t, shows(secret.String(), secret))
	require.Equal(t, "calink_"+string(secret.Selector())+"_(hidden)", secret.String())
	for name, value := range requests(secret) {
		for _, verb := range []string{
			"%v", "%+v", "%#v", "%s", "%+s", "%q", "%+q", "%#q", "%x", "%X", "% x", "%#x", "%# X", "%d", "%+d", "%08d", "%o", "%b",
			"%c", "%U", "%e", "%g", "%t", "%p", "%T", "%w", "%200v", "%-200.150v", "%.3s", "%y", "%!",
		} {
			text := fmt.Sprintf(verb, value)
			require.False(t, shows(text, secret), "%s of %s", verb, name)
		}
		require.False(t, shows(fmt.Sprint(value, value), secret), name)
		require.False(t, shows(fmt.Sprintln(value), secret), name)
		require.False(t, shows(fmt.Errorf("failed: %w", fmt.Errorf("with %v", value)).Error(), secret), name)
	}
	// The search finds what it is for.
	require.True(t, shows("so "+secret.Reveal(), secret))
	require.True(t, shows(fmt.Sprint(decode(strings.Split(secret.Reveal(), "_")[2])), secret))
}

func TestLINK6_LoggingAndEncodingNeverShowTheVerifier(t *testing.T) {
	secret, _ := plant(t, 11)
	for name, value := range requests(secret) {
		var out bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
			logger := slog.New(handler)
			logger.Info("opened", "link", value)
			logger.With("link", value).WithGroup("group").Info("opened", slog.Group("inner", "link", value))
			logger.Info(fmt.Sprint(value), slog.Any("links", []any{value, map[string]any{"link": value}}))
		}
		require.NotZero(t, out.Len())
		require.False(t, shows(out.String(), secret), name)
		if encoded, err := json.Marshal(value); err == nil {
			require.False(t, shows(string(encoded), secret), name)
		}
	}
	require.Equal(t, secret.String(), secret.LogValue().String())
	encoded, err := json.Marshal(map[string]any{"link": secret})
	require.NoError(t, err)
	require.JSONEq(t, `{"link": "`+secret.String()+`"}`, string(encoded))
}

func TestLINK6_ARequestCanCarryASecret(t *testing.T) {
	secret, planted := plant(t, 12)
	var read struct{ Link relationship.Secret }
	require.NoError(t, json.Unmarshal([]byte(`{"Link": "`+planted[0]+`"}`), &read))
	require.True(t, read.Link.Reveal() == planted[0])

	// What was hidden stays hidden: it names the link, and opens nothing.
	hidden := must(json.Marshal(read))
	require.False(t, shows(string(hidden), secret))
	var again struct{ Link relationship.Secret }
	require.NoError(t, json.Unmarshal(hidden, &again))
	require.True(t, again.Link.IsZero())
	require.Equal(t, secret.Selector(), again.Link.Selector())
	require.Equal(t, secret.String(), again.Link.String())
	require.Empty(t, again.Link.Reveal())
	require.Equal(t, string(hidden), string(must(json.Marshal(again))))

	var none relationship.Secret
	require.Equal(t, "calink_(none)", none.String())
	read.Link = secret
	require.NoError(t, json.Unmarshal([]byte(`{"Link": "calink_(none)"}`), &read))
	require.True(t, read.Link.IsZero())
	require.Empty(t, read.Link.Selector())

	for _, bad := range []string{
		"", "calink_", "calink__(hidden)", "calink_short_(hidden)", "calink_AAAAAAAAAAAAAAAA_(hidden)", "_(hidden)",
		"calink_" + strings.Repeat("a", 24) + "_(hidden)", planted[0] + "_(hidden)", "calink_aaaaaaa\n\naaaaaaaaa_(hidden)",
	} {
		read.Link = secret
		refused(t, read.Link.UnmarshalText([]byte(bad)), "access link", "secret")
		require.True(t, read.Link.Reveal() == planted[0], "a refused text changes nothing")
	}
}
