package office

import (
	"context"
	_ "embed" // profiles.json
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/huiyin/huiyin/internal/changes"
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

// Seed loads the embedded calendar where the database has none, and the embedded
// profiles where it has none as new: those of a later release become new versions,
// each with an event, that running clocks do not follow, and one that was edited
// since stays the newest. What a new database starts with is no change. It may run at every start and in several processes at once.
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
		if err != nil {
			return err
		}
		missing, err := missingProfiles(rows.Profiles)
		done = len(rows.Calendars) > 0 && len(missing) == 0
		return err
	})
	return done, err
}

func (o *Office) seed(tx *store.Tx) error {
	rows, err := tx.Office()
	if err != nil {
		return err
	}
	if len(rows.Calendars) == 0 {
		if err := o.seedCalendar(tx); err != nil {
			return err
		}
	}
	missing, err := missingProfiles(rows.Profiles)
	if err != nil {
		return err
	}
	c := &change{tx: tx, by: grievance.System, now: o.clock.Now()}
	c.log = changes.Within(tx, c.by, c.now)
	for _, p := range missing {
		if err := o.storeProfile(tx, p.Profile, p.release); err != nil {
			return err
		}
		if !p.replaces {
			continue
		}
		if err := c.recordProfile(EvProfileChanged, p.Profile, c.now); err != nil {
			return err
		}
	}
	return c.log.Write()
}

// brought is a profile that the program brings, as the version that it becomes.
type brought struct {
	*grievance.Profile
	release  int
	replaces bool // a version that is there
}

// missingProfiles gives the embedded profiles that are newer than what is stored.
// Where somebody has put a profile, theirs stays the newest.
func missingProfiles(stored []store.ProfileRow) (missing []brought, err error) {
	list, err := EmbeddedProfiles()
	if err != nil {
		return nil, err
	}
	newest := map[string]store.ProfileRow{}
	for _, r := range stored {
		newest[r.Name] = r // the newest is the last
	}
	for _, p := range list {
		release := p.Version
		has, ok := newest[p.Name]
		switch {
		case ok && (has.Release == 0 || has.Release >= release):
			continue
		case ok:
			p.Version = has.Version + 1
		}
		missing = append(missing, brought{p, release, ok})
	}
	return missing, nil
}

// storeProfile adds a version; release is 0 for one that somebody puts.
func (o *Office) storeProfile(tx *store.Tx, p *grievance.Profile, release int) error {
	body, err := bodyOf(p)
	if err != nil {
		return err
	}
	if err := tx.InsertProfile(store.ProfileRow{Name: p.Name, Version: p.Version, Release: release, Body: body, CreatedAt: o.clock.Now()}); err != nil {
		return fmt.Errorf("storing the profile %s: %w", p.Name, err)
	}
	return nil
}

// bookOf reads what is stored.
func bookOf(rows store.OfficeRows) (*grievance.Book, error) {
	if len(rows.Profiles) == 0 || len(rows.Calendars) == 0 {
		return nil, errors.New("there is no profile or no calendar: the database was never seeded")
	}
	d := bookData(rows)
	d.Profiles = grievance.Profiles{}
	for _, row := range rows.Profiles {
		p, err := profileOf(row)
		if err != nil {
			return nil, err
		}
		d.ProfileVersions = append(d.ProfileVersions, grievance.ProfileVersion{Profile: p, PublishedAt: row.CreatedAt, RebaseAt: row.RebaseAt})
		d.Profiles[p.Name] = p // the newest is the last
	}
	for _, row := range rows.Calendars {
		c, err := calendarOf(row.Body)
		if err != nil {
			return nil, err
		}
		d.Calendars = append(d.Calendars, grievance.CalendarVersion{Calendar: c, PublishedAt: row.CreatedAt})
		d.Calendar = c
	}
	return grievance.NewBook(d), nil
}

func bookData(rows store.OfficeRows) grievance.BookData {
	return grievance.BookData{
		Version: rows.Version, Units: rows.Units, Users: rows.Users, Appointments: rows.Appointments,
		Categories: rows.Categories, Responsibilities: rows.Responsibilities,
	}
}

// withoutRules is the organisation alone, without profiles and calendar.
func withoutRules(rows store.OfficeRows) *grievance.Book { return grievance.NewBook(bookData(rows)) }
