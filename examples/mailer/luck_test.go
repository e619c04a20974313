package main

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// A server does whatever it likes, at every step, for a while. Afterwards every
// notification was delivered at least once or is listed, nobody has got one
// more often than the server had kept silent about it, and once where it had
// not.
func TestLINK5_AServerOfMoods(t *testing.T) {
	mails, again, listed := 0, 0, 0
	const worlds, notifications = 8, 16
	for seed := range uint64(worlds) {
		s := play(t)
		s.approve(notifications - 1)
		random := rand.New(rand.NewPCG(seed, 1))
		turns := rand.New(rand.NewPCG(seed, 2))
		var mu sync.Mutex          // guards what follows, and random
		silent := map[string]int{} // by address: taken, and not answered
		denied := map[string]bool{}
		mood := func(about string) error {
			if random.IntN(4) > 0 {
				return nil
			}
			code := []int{421, 450, 452, 550, 554}[random.IntN(5)]
			if code >= 500 {
				denied[about] = true
			}
			return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "no"}
		}
		s.office.OnStep(func(_, about string) error {
			mu.Lock()
			defer mu.Unlock()
			return mood(about)
		})
		s.office.OnMail(func(letter Letter, hangUp func()) error {
			mu.Lock()
			defer mu.Unlock()
			about := letter.To[0]
			if random.IntN(4) == 0 {
				silent[about]++
				hangUp()
				return nil
			}
			if err := mood(about); err != nil {
				s.office.forget()
				return err
			}
			return nil
		})
		for range 60 {
			s.deliver()
			s.Clock.Turn(time.Duration(turns.IntN(90)) * time.Minute)
		}
		s.office.OnStep(nil)
		s.office.OnMail(nil)
		s.Clock.Turn(mostDelay)
		s.deliver()

		mu.Lock()
		addresses, ids := mailsBy(t, s.office)
		require.Len(t, ids, len(addresses))
		gone := map[string]bool{}
		for _, n := range s.undelivered() {
			address := string(n.To) + "@northwind.example"
			gone[address] = true
			require.True(t, denied[address] || silent[address] >= 10, address)
			listed++
		}
		addressees := append([]string{"ann@northwind.example"}, everybody(notifications-1)...)
		for _, address := range addressees {
			if gone[address] {
				require.LessOrEqual(t, addresses[address], silent[address])
			} else {
				require.GreaterOrEqual(t, addresses[address], 1, address)
				require.LessOrEqual(t, addresses[address], silent[address]+1, address)
			}
			mails += addresses[address]
			again += max(0, addresses[address]-1)
		}
		mu.Unlock()
	}
	t.Logf("%d worlds with %d notifications each: %d mails, %d of them sent again; %d notifications listed as undelivered",
		worlds, notifications, mails, again, listed)
}
