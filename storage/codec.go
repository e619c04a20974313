package storage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// writtenCommit is a commit as a journal keeps it.
type writtenCommit struct {
	Revision Revision            `json:"revision"`
	ID       string              `json:"id"`
	At       time.Time           `json:"at"`
	Events   []writtenEvent      `json:"events"`
	Chain    relationship.Digest `json:"chain"`
}

type writtenEvent struct {
	Change        string                      `json:"change"`
	Actor         relationship.Actor          `json:"actor"`
	At            time.Time                   `json:"at"`
	Reason        string                      `json:"reason,omitzero"`
	Call          string                      `json:"call"`
	Lines         []writtenLine               `json:"lines,omitzero"`
	Notifications []relationship.Notification `json:"notifications,omitzero"`
}

type writtenLine struct {
	Before json.RawMessage `json:"before,omitzero"`
	After  json.RawMessage `json:"after,omitzero"`
}

// EncodeCommit writes a commit as one line of JSON, for a journal.
func EncodeCommit(commit Commit) ([]byte, error) {
	written := writtenCommit{commit.Revision, commit.ID, commit.At, make([]writtenEvent, len(commit.Events)), commit.Chain}
	for i, event := range commit.Events {
		lines := make([]writtenLine, len(event.Lines))
		for j, line := range event.Lines {
			var err error
			if lines[j].Before, err = encodeSide(line.Before); err != nil {
				return nil, err
			}
			if lines[j].After, err = encodeSide(line.After); err != nil {
				return nil, err
			}
		}
		written.Events[i] = writtenEvent{
			event.Change, event.Actor, event.At, event.Reason, event.Call, lines, event.Notifications,
		}
	}
	return json.Marshal(written)
}

func encodeSide(record relationship.Record) (json.RawMessage, error) {
	if record == nil {
		return nil, nil
	}
	return relationship.EncodeRecord(record)
}

// DecodeCommit reads what EncodeCommit wrote. It refuses unknown fields and
// records that may not be stored; it does not check the chain.
func DecodeCommit(data []byte) (Commit, error) {
	var written writtenCommit
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&written); err != nil {
		return Commit{}, fmt.Errorf("commit: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Commit{}, fmt.Errorf("commit: there is more than one value")
	}
	commit := Commit{written.Revision, written.ID, written.At, make([]relationship.Event, len(written.Events)), written.Chain}
	for i, event := range written.Events {
		lines := make([]relationship.Line, len(event.Lines))
		for j, line := range event.Lines {
			var err error
			if lines[j].Before, err = decodeSide(line.Before); err != nil {
				return Commit{}, err
			}
			if lines[j].After, err = decodeSide(line.After); err != nil {
				return Commit{}, err
			}
			if lines[j].Before == nil && lines[j].After == nil {
				return Commit{}, fmt.Errorf("commit: a line is about nothing")
			}
		}
		commit.Events[i] = relationship.Event{
			Change: event.Change, Actor: event.Actor, At: event.At, Reason: event.Reason, Call: event.Call,
			Lines: lines, Notifications: event.Notifications,
		}
	}
	return commit, nil
}

func decodeSide(raw json.RawMessage) (relationship.Record, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	return relationship.DecodeRecord(raw)
}
