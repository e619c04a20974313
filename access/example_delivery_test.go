package access_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

var (
	errMailServerAway  = errors.New("the mail server cannot be reached")
	errAddressRefused  = errors.New("the address is refused")
	errNobodyCanTell   = errors.New("the connection broke")
	exampleMailAnswers = map[relationship.UserID]error{}
)

// send stands in for a mail server. The id keeps it from sending twice.
func send(id access.NotificationID, to relationship.UserID) error {
	err := exampleMailAnswers[to]
	fmt.Printf("send to %s: %v\n", to, err)
	return err
}

// deliver is what a worker of the host does now and then: it leases what is to
// be delivered, sends it, and says how it went.
func deliver(ctx context.Context, m *access.Manager, now time.Time) error {
	deliveries, err := m.LeaseNotifications(ctx, access.Host(), 100)
	for _, d := range deliveries {
		switch failed := send(d.ID, d.To); {
		case failed == nil:
			err = errors.Join(err, m.Delivered(ctx, access.Host(), d))
		case errors.Is(failed, errMailServerAway):
			err = errors.Join(err, m.DeliverLater(ctx, access.Host(), d, now.Add(10*time.Minute)))
		case errors.Is(failed, errAddressRefused):
			err = errors.Join(err, m.Undeliverable(ctx, access.Host(), d, "the address is refused"))
		}
		// No answer at all: when the lease runs out, it is tried again.
	}
	return err
}

// The host delivers notifications, by e-mail say. Each is delivered at least
// once, or listed.
func ExampleManager_LeaseNotifications() {
	ctx := context.Background()
	w := world() // ann was approved
	for _, name := range []relationship.UserID{"bob", "cleo", "dora"} {
		w.Employee(name)
		w.Do(access.By("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: name})
	}
	exampleMailAnswers = map[relationship.UserID]error{
		"bob": errMailServerAway, "cleo": errAddressRefused, "dora": errNobodyCanTell,
	}
	for _, wait := range []time.Duration{0, 2 * time.Minute, 10 * time.Minute} {
		w.Clock.Turn(wait)
		fmt.Println(w.Clock.Now().Format(time.TimeOnly))
		if err := deliver(ctx, w.Manager, w.Clock.Now()); err != nil {
			panic(err)
		}
		clear(exampleMailAnswers) // it works again
	}
	// Output:
	// 09:00:00
	// send to ann: <nil>
	// send to bob: the mail server cannot be reached
	// send to cleo: the address is refused
	// send to dora: the connection broke
	// 09:02:00
	// send to dora: <nil>
	// 09:12:00
	// send to bob: <nil>
}

// The server cannot be reached: the notification waits ten minutes, however
// often that happens.
func ExampleManager_DeliverLater() {
	ctx := context.Background()
	w := world()
	for range 3 {
		deliveries, err := w.Manager.LeaseNotifications(ctx, access.Host(), 100)
		if err != nil {
			panic(err)
		}
		for _, d := range deliveries {
			fmt.Println(w.Clock.Now().Format(time.TimeOnly), "to", d.To, "try", d.Try)
			if err := w.Manager.DeliverLater(ctx, access.Host(), d, w.Clock.Now().Add(10*time.Minute)); err != nil {
				panic(err)
			}
		}
		w.Clock.Turn(10 * time.Minute)
	}
	// Output:
	// 09:00:00 to ann try 1
	// 09:10:00 to ann try 1
	// 09:20:00 to ann try 1
}

// A worker that took too long says so all the same: the notification is gone,
// whoever holds it now.
func ExampleManager_Delivered() {
	ctx := context.Background()
	w := world()
	lease := func() []access.Delivery {
		deliveries, err := w.Manager.LeaseNotifications(ctx, access.Host(), 100)
		if err != nil {
			panic(err)
		}
		return deliveries
	}
	slow := lease()[0]
	w.Clock.Set(slow.Until)
	again := lease()[0]
	fmt.Println("the same notification:", slow.ID == again.ID, "try", again.Try)

	fmt.Println(w.Manager.Delivered(ctx, access.Host(), slow))
	fmt.Println(w.Manager.Delivered(ctx, access.Host(), again))
	w.Clock.Set(again.Until)
	fmt.Println("left:", len(lease()))
	// Output:
	// the same notification: true try 2
	// <nil>
	// <nil>
	// left: 0
}

// refusedAddress is a world in which ann's address was refused.
func refusedAddress(ctx context.Context) *accesstest.World {
	w := world()
	exampleMailAnswers = map[relationship.UserID]error{"ann": errAddressRefused}
	if err := deliver(ctx, w.Manager, w.Clock.Now()); err != nil {
		panic(err)
	}
	clear(exampleMailAnswers)
	return w
}

// An address that is refused is not tried again.
func ExampleManager_Undeliverable() {
	ctx := context.Background()
	w := world()
	deliveries, err := w.Manager.LeaseNotifications(ctx, access.Host(), 100)
	if err != nil {
		panic(err)
	}
	if err := w.Manager.Undeliverable(ctx, access.Host(), deliveries[0], "550 no such mailbox"); err != nil {
		panic(err)
	}
	w.Clock.Turn(accesstest.Day)
	deliveries, err = w.Manager.LeaseNotifications(ctx, access.Host(), 100)
	fmt.Println(len(deliveries), err)
	// Output:
	// 0 <nil>
}

// What was given up is listed, with the reason.
func ExampleManager_UndeliveredNotifications() {
	ctx := context.Background()
	w := refusedAddress(ctx)
	list, err := w.Manager.UndeliveredNotifications(ctx, access.Host())
	if err != nil {
		panic(err)
	}
	for _, n := range list {
		fmt.Printf("%s, %s by %s: %s (tries: %d)\n", n.To, n.Kind, n.Client, n.Why, n.Tries)
	}
	// Output:
	// send to ann: the address is refused
	// ann, approved by lumen: the address is refused (tries: 1)
}

// The address has been set right.
func ExampleManager_DeliverAgain() {
	ctx := context.Background()
	w := refusedAddress(ctx)
	list, err := w.Manager.UndeliveredNotifications(ctx, access.Host())
	if err != nil {
		panic(err)
	}
	if err := w.Manager.DeliverAgain(ctx, access.Host(), list[0].ID); err != nil {
		panic(err)
	}
	if err := deliver(ctx, w.Manager, w.Clock.Now()); err != nil {
		panic(err)
	}
	// Output:
	// send to ann: the address is refused
	// send to ann: <nil>
}

// She was told in another way.
func ExampleManager_ForgetNotification() {
	ctx := context.Background()
	w := refusedAddress(ctx)
	list, err := w.Manager.UndeliveredNotifications(ctx, access.Host())
	if err != nil {
		panic(err)
	}
	if err := w.Manager.ForgetNotification(ctx, access.Host(), list[0].ID); err != nil {
		panic(err)
	}
	list, err = w.Manager.UndeliveredNotifications(ctx, access.Host())
	fmt.Println(len(list), err)
	// Output:
	// send to ann: the address is refused
	// 0 <nil>
}
