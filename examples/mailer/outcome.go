package main

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	"github.com/wneessen/go-mail"
)

// outcome is what became of a mail.
type outcome int

const (
	// unanswered: the server got the whole mail, and the connection ended
	// before it said anything. It may have taken it.
	unanswered outcome = iota
	// taken: the server has it now, and the duty to deliver it.
	taken
	// refused: the server will not take this mail for this address.
	refused
	// notNow: the server would not take this mail now, and may later.
	notNow
	// unreached: the server could not be reached, or wants nothing from us.
	// That has nothing to do with this mail.
	unreached
)

// judge says what an error of sending means, and why, in words that have
// nothing personal in them: of what the server said, the code alone.
//
// A refusal for good counts when it is about the address or the mail. One that
// is about the sender or the connection would meet every notification in turn:
// the program is set up wrongly, and to give them all up would be no help.
func judge(err error) (outcome, string) {
	failed, is := errors.AsType[*mail.SendError](err)
	if !is {
		if said, is := errors.AsType[*textproto.Error](err); is {
			return unreached, fmt.Sprintf("the mail server said %d to the connection", said.Code)
		}
		return unreached, fmt.Sprintf("no connection to the mail server: %v", err)
	}
	code, why := failed.ErrorCode(), reason(failed)
	switch failed.Reason {
	case mail.ErrSMTPDataClose:
		if code == 0 {
			return unanswered, why
		}
	case mail.ErrSMTPRcptTo, mail.ErrSMTPData:
	default:
		return unreached, why
	}
	switch {
	case code == 0, code == authenticate:
		return unreached, why
	case code >= 500:
		return refused, why
	}
	return notNow, why
}

// authenticate is the code of a server that wants us to authenticate first
// (RFC 4954). Some say so only when they hear an address.
const authenticate = 530

// reason is what the server said to what, such as "the mail server said 550
// 5.1.1 to the address".
func reason(failed *mail.SendError) string {
	about := "the connection"
	switch failed.Reason {
	case mail.ErrSMTPMailFrom:
		about = "the sender"
	case mail.ErrSMTPRcptTo:
		about = "the address"
	case mail.ErrSMTPData, mail.ErrWriteContent, mail.ErrSMTPDataClose:
		about = "the mail"
	}
	said := "nothing"
	if code := failed.ErrorCode(); code != 0 {
		said = strings.TrimSpace(fmt.Sprint(code, " ", failed.EnhancedStatusCode()))
	}
	return fmt.Sprintf("the mail server said %s to %s", said, about)
}
