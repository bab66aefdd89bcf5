package intake

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"time"
)

// script is what a replay plays: the receipts and the replies of a file in the
// order in which they happened.
type script struct {
	messages int // rows of the file, skipped ones among them
	skipped  []Refusal
	acts     []act
}

// act is a receipt or a reply at its instant.
type act struct {
	at      time.Time
	reply   bool
	message Message
}

// readScript reads a whole file. A row that cannot be read, or whose reply lies
// before its receipt, is skipped with its reason; a message without a reply is
// received and then waits.
func readScript(file io.Reader) (script, error) {
	var s script
	messages, err := ReadMessages(file)
	if err != nil {
		return s, err
	}
	for {
		m, err := messages.Next()
		if errors.Is(err, io.EOF) {
			slices.SortFunc(s.acts, act.compare)
			return s, nil
		}
		bad, isBad := errors.AsType[*Refusal](err)
		if err != nil && !isBad {
			return s, err
		}
		s.messages++
		if isBad {
			s.skipped = append(s.skipped, *bad)
			continue
		}
		s.acts = append(s.acts, act{at: m.ReceivedAt, message: m})
		if m.Replied() {
			s.acts = append(s.acts, act{at: m.RepliedAt, reply: true, message: m})
		}
	}
}

// compare orders acts by instant; at one instant receipts come before replies,
// and each in the order of their numbers.
func (a act) compare(b act) int {
	order := func(reply bool) int {
		if reply {
			return 1
		}
		return 0
	}
	return cmp.Or(
		a.at.Compare(b.at), cmp.Compare(order(a.reply), order(b.reply)),
		cmp.Compare(len(a.message.ID), len(b.message.ID)), cmp.Compare(a.message.ID, b.message.ID),
	)
}

// until is the last instant of the script: the zero time if it is empty.
func (s script) until() time.Time {
	if len(s.acts) == 0 {
		return time.Time{}
	}
	return s.acts[len(s.acts)-1].at
}
