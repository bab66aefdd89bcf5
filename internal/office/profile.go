package office

import (
	"context"
	_ "embed" // profiles.json
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

//go:generate go test -run TestClocksDocument . -update

//go:embed profiles.json
var profilesJSON []byte

// EmbeddedProfiles gives the profiles that a new database starts with, in the
// order of grievance.ProfileNames. It fails if they are not what Check allows.
func EmbeddedProfiles() ([]*grievance.Profile, error) {
	var list []*grievance.Profile
	if err := json.Unmarshal(profilesJSON, &list, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("reading the embedded profiles: %w", err)
	}
	for _, p := range list {
		if err := p.Check(); err != nil {
			return nil, fmt.Errorf("checking the embedded profile %s: %w", p.Name, err)
		}
	}
	return list, nil
}

// Seed loads the embedded profiles and calendar where the database has none. It
// may run at every start and in several processes at once.
func (o *Office) Seed(ctx context.Context) error {
	seeded, err := o.seeded(ctx)
	if err != nil || seeded {
		return err
	}
	err = o.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.BumpBook(); err != nil {
			return err
		}
		return o.seed(tx)
	})
	if err != nil {
		return fmt.Errorf("loading the first profiles and calendar: %w", err)
	}
	o.forget()
	return nil
}

func (o *Office) seeded(ctx context.Context) (done bool, err error) {
	err = o.store.Read(ctx, func(s *store.Snapshot) error {
		rows, err := s.Office()
		done = len(rows.Profiles) > 0 && rows.Calendar != nil
		return err
	})
	return done, err
}

func (o *Office) seed(tx *store.Tx) error {
	rows, err := tx.Office()
	if err != nil {
		return err
	}
	if rows.Calendar == nil {
		if err := o.seedCalendar(tx); err != nil {
			return err
		}
	}
	if len(rows.Profiles) == 0 {
		return o.seedProfiles(tx)
	}
	return nil
}

func (o *Office) seedProfiles(tx *store.Tx) error {
	list, err := EmbeddedProfiles()
	if err != nil {
		return err
	}
	for _, p := range list {
		body, err := json.Marshal(p, json.Deterministic(true))
		if err != nil {
			return fmt.Errorf("writing the profile %s: %w", p.Name, err)
		}
		if err := tx.InsertProfile(p.Name, p.Version, body, o.clock.Now()); err != nil {
			return fmt.Errorf("storing the profile %s: %w", p.Name, err)
		}
	}
	return nil
}

// bookOf reads what is stored. A profile that is no longer valid is an error:
// the engine would not know what to do with its clocks.
func bookOf(rows store.OfficeRows) (*grievance.Book, error) {
	if len(rows.Profiles) == 0 || rows.Calendar == nil {
		return nil, errors.New("there is no profile or no calendar: the database was never seeded")
	}
	profiles := grievance.Profiles{}
	for _, body := range rows.Profiles {
		p := new(grievance.Profile)
		if err := json.Unmarshal(body, p); err != nil {
			return nil, fmt.Errorf("reading a stored profile: %w", err)
		}
		if err := p.Check(); err != nil {
			return nil, fmt.Errorf("checking the stored profile %s: %w", p.Name, err)
		}
		profiles[p.Name] = p
	}
	c, err := calendarOf(rows.Calendar)
	if err != nil {
		return nil, err
	}
	return newBook(rows, profiles, c), nil
}

func newBook(rows store.OfficeRows, p grievance.Profiles, c *calendar.Calendar) *grievance.Book {
	return grievance.NewBook(grievance.BookData{
		Version: rows.Version, Calendar: c, Profiles: p,
		Units: rows.Units, Users: rows.Users, Appointments: rows.Appointments,
		Categories: rows.Categories, Responsibilities: rows.Responsibilities,
	})
}
