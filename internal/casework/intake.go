package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Register opens a case. A registration with the id and the content of a case
// that is there already is that case; with other content it is ErrIDTaken.
func (d *Desk) Register(ctx context.Context, req Request, in grievance.Registration) (Done, error) {
	if !in.ID.IsZero() && !in.ID.IsV7() {
		return Done{}, grievance.InvalidField("/id", "id.not_v7", "编号须为 UUIDv7")
	}
	content, err := d.content(in)
	if err != nil {
		return Done{}, err
	}
	book, err := d.office.Book(ctx)
	if err != nil {
		return Done{}, err
	}
	return d.once(ctx, req, func(keep answer.Keep[*grievance.Case]) error {
		err := d.store.Write(ctx, func(tx *store.Tx) error {
			c, err := d.open(tx, d.moment(req, book), in, grievance.Register)
			if err != nil {
				return err
			}
			c.ContentDigest = content
			if err := tx.CreateCases([]*grievance.Case{c}); err != nil {
				return err
			}
			return keep(tx, c)
		})
		if errors.Is(err, store.ErrExists) {
			return d.registeredBefore(ctx, req, in.ID, content, keep)
		}
		return err
	})
}

// open finds the desk, takes a receipt number there and lets make make the case.
func (d *Desk) open(tx *store.Tx, m grievance.Moment, in grievance.Registration,
	make func(grievance.Moment, grievance.Registration, *grievance.Unit, grievance.Receipt) (*grievance.Case, error),
) (*grievance.Case, error) {
	desk, err := grievance.Desk(m, in)
	if err != nil {
		return nil, err
	}
	if in.ID.IsZero() {
		in.ID = m.Mint.ID()
	}
	day := calendar.DateOf(m.Now)
	n, err := tx.NextReceipt(desk.ID, day)
	if err != nil {
		return nil, err
	}
	return make(m, in, desk, grievance.Receipt{Day: day, N: n})
}

func (d *Desk) content(in grievance.Registration) ([]byte, error) {
	plain, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("digesting a registration: %w", err)
	}
	return d.store.Digest(plain), nil
}

// registeredBefore answers for a registration whose id is taken. Who sent it in gets it
// again, and where it went where they may not see it, as long as it is what they sent:
// what becomes of an accusation is not told to the desk that it is about.
func (d *Desk) registeredBefore(ctx context.Context, req Request, id grievance.CaseID, content []byte, keep answer.Keep[*grievance.Case]) error {
	book, err := d.office.Book(ctx)
	if err != nil {
		return err
	}
	return d.store.Write(ctx, func(tx *store.Tx) error {
		cases, err := tx.LockCases([]grievance.CaseID{id}, store.ViewerOf(grievance.System, book), store.Needs{})
		if err != nil {
			return err
		}
		if len(cases) == 0 || !bytes.Equal(cases[0].ContentDigest, content) {
			return ErrIDTaken
		}
		c, m := cases[0], d.moment(req, book)
		_, err = tx.Case(id, store.ViewerOf(m.By, book), store.Needs{})
		switch {
		case err == nil || m.By.UserID.IsZero(), c.FiledBy == m.By.UserID && c.AsRegistered():
			return keep(tx, c)
		case errors.Is(err, grievance.ErrNotFound):
			return ErrIDTaken
		}
		return err
	})
}

// Imported is one case of another system.
type Imported struct {
	Registration grievance.Registration
	History      grievance.History
}

// Import registers cases of another system in one transaction. A case whose id
// in the source is known is left alone; the result tells, in order, what became
// of each: nil for imported, ErrKnown for known, a refusal for one that is bad.
func (d *Desk) Import(ctx context.Context, list []Imported) ([]error, error) {
	book, err := d.office.Book(ctx)
	if err != nil {
		return nil, err
	}
	var results []error
	err = d.store.Write(ctx, func(tx *store.Tx) error {
		known, err := tx.KnownSources(sourcesOf(list))
		if err != nil {
			return err
		}
		var cases []*grievance.Case
		results = make([]error, len(list))
		m := d.moment(Request{Actor: grievance.System}, book)
		for i, in := range list {
			key := in.Registration.Source + "/" + in.Registration.SourceID
			if known[key] {
				results[i] = ErrKnown
				continue
			}
			c, err := d.importOne(tx, m, in)
			if grievance.KindOf(err) == grievance.Invalid {
				results[i] = err
				continue
			}
			if err != nil {
				return err
			}
			known[key] = true
			cases = append(cases, c)
		}
		return tx.CreateCases(cases)
	})
	return results, err
}

// ErrKnown says of an imported case that it was imported before.
var ErrKnown = errors.New("the case is known already")

func (d *Desk) importOne(tx *store.Tx, m grievance.Moment, in Imported) (*grievance.Case, error) {
	content, err := d.content(in.Registration)
	if err != nil {
		return nil, err
	}
	c, err := d.open(tx, m, in.Registration, func(m grievance.Moment, r grievance.Registration, u *grievance.Unit, n grievance.Receipt) (*grievance.Case, error) {
		return grievance.Import(m, r, u, n, in.History)
	})
	if err != nil {
		return nil, err
	}
	c.ContentDigest = content
	return c, nil
}

func sourcesOf(list []Imported) [][2]string {
	keys := make([][2]string, len(list))
	for i, in := range list {
		keys[i] = [2]string{in.Registration.Source, in.Registration.SourceID}
	}
	return keys
}
