package store

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/huiyin/huiyin/internal/grievance"
)

// Account is how a user logs in. An empty PasswordHash lets nobody in.
type Account struct {
	PasswordHash       string
	MustChangePassword bool
}

// accountRow is a whole row of users; everything else reads the user alone.
type accountRow struct {
	grievance.User
	Account
}

// OfficeRows is the whole organisation at one version, as it is stored. Profiles
// and Calendars hold every version, in order.
type OfficeRows struct {
	Version          int64
	Units            []grievance.Unit
	Users            []grievance.User
	Appointments     []grievance.Appointment
	Categories       []grievance.Category
	Responsibilities []grievance.Responsibility
	Profiles         []ProfileRow
	Calendars        []CalendarRow
}

// BookVersion gives the version of the organisation, which every change of it
// moves on.
func (s session) BookVersion() (version int64, err error) {
	err = s.db.Table("book").Where("id = 1").Select("version").Take(&version).Error
	return version, err
}

// Office reads the whole organisation.
func (s session) Office() (rows OfficeRows, err error) {
	if rows.Version, err = s.BookVersion(); err != nil {
		return rows, err
	}
	lists := []struct {
		table, order string
		into         any
	}{
		{"units", "path", &rows.Units},
		{"users", "id", &rows.Users},
		{"appointments", "from_at, id", &rows.Appointments},
		{"categories", "code", &rows.Categories},
		{"responsibilities", "category, area", &rows.Responsibilities},
	}
	for _, l := range lists {
		if err := s.db.Table(l.table).Order(l.order).Find(l.into).Error; err != nil {
			return rows, fmt.Errorf("reading %s: %w", l.table, err)
		}
	}
	if rows.Profiles, err = s.profiles(); err != nil {
		return rows, err
	}
	rows.Calendars, err = s.calendars()
	return rows, err
}

// AccountOf finds a user and how they log in by username; ErrNotFound if there
// is none. Disabled users are found too.
func (s session) AccountOf(username string) (grievance.User, Account, error) {
	return s.account("username = ?", username)
}

// Account finds a user and how they log in by id; ErrNotFound if there is none.
func (s session) Account(id grievance.UserID) (grievance.User, Account, error) {
	return s.account("id = ?", id)
}

func (s session) account(where string, key any) (grievance.User, Account, error) {
	var rows []accountRow
	if err := s.db.Table("users").Where(where, key).Limit(1).Find(&rows).Error; err != nil {
		return grievance.User{}, Account{}, fmt.Errorf("reading an account: %w", err)
	}
	if len(rows) == 0 {
		return grievance.User{}, Account{}, grievance.ErrNotFound
	}
	return rows[0].User, rows[0].Account, nil
}

// AppointmentsToHandOn gives appointments that ended at or before now and whose
// open cases have not all been handed on, those ended first first: up to limit,
// or all where it is below zero.
func (s session) AppointmentsToHandOn(now time.Time, limit int) (due []grievance.Appointment, err error) {
	err = s.db.Table("appointments").
		Where("handed_on_at IS NULL AND until IS NOT NULL AND until <= ?", now).
		Order("until, id").Limit(limit).Find(&due).Error
	return due, err
}

// BumpBook moves the version of the organisation on and gives the new one. It
// holds the book's row until the transaction ends, so that changes of the
// organisation happen one after another: whoever calls it first may decide on
// what the transaction reads.
func (tx *Tx) BumpBook() (int64, error) {
	changed := tx.db.Table("book").Where("id = 1").Update("version", gorm.Expr("version + 1"))
	if changed.Error != nil {
		return 0, fmt.Errorf("changing the book's version: %w", changed.Error)
	}
	return tx.BookVersion()
}

// HoldBook keeps everybody else from changing the organisation, or writing to its
// log, until the transaction ends. The version stays.
func (tx *Tx) HoldBook() error {
	var version int64
	held := tx.db.Table("book").Select("version").Where("id = 1").Clauses(clause.Locking{Strength: "UPDATE"}).Take(&version)
	if held.Error != nil {
		return fmt.Errorf("holding the book: %w", held.Error)
	}
	return nil
}

// InsertUnits adds units; a parent comes before its children.
func (tx *Tx) InsertUnits(units []grievance.Unit) error {
	return insertAll(tx, "units", units)
}

// UpdateUnit writes what can change of a unit: its name, successor and end.
func (tx *Tx) UpdateUnit(u *grievance.Unit) error {
	return tx.db.Table("units").Where("id = ?", u.ID).Updates(map[string]any{
		"name": u.Name, "successor_id": u.SuccessorID, "ended_at": u.EndedAt,
	}).Error
}

// InsertUser adds a user and how they log in.
func (tx *Tx) InsertUser(u grievance.User, a Account) error {
	return tx.db.Table("users").Create(&accountRow{User: u, Account: a}).Error
}

// DisableUser marks the user as disabled from at on.
func (tx *Tx) DisableUser(id grievance.UserID, at time.Time) error {
	return tx.db.Table("users").Where("id = ?", id).Update("disabled_at", at).Error
}

// SetAccount changes how the user logs in. The book does not hold it, so its
// version stays.
func (tx *Tx) SetAccount(id grievance.UserID, a Account) error {
	return tx.db.Table("users").Where("id = ?", id).Updates(map[string]any{
		"password_hash": a.PasswordHash, "must_change_password": a.MustChangePassword,
	}).Error
}

// InsertAppointments adds appointments.
func (tx *Tx) InsertAppointments(list []grievance.Appointment) error {
	return insertAll(tx, "appointments", list)
}

// EndAppointments lets appointments that would outlast at end then. None ends
// before it began: one that was to begin after at ends as it begins, and was
// never held.
func (tx *Tx) EndAppointments(ids []grievance.AppointmentID, at time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	until := gorm.Expr("CASE WHEN from_at > ? THEN from_at ELSE ? END", at, at)
	return tx.db.Table("appointments").
		Where("id IN ?", ids).Where("until IS NULL OR until > ?", at).
		Update("until", until).Error
}

// LastEvent gives the number of the last event of a subject and when it was
// recorded; 0 and the zero time where there is none.
func (tx *Tx) LastEvent(subjectKind string, id [16]byte) (seq int64, recorded time.Time, err error) {
	var last []struct {
		Seq        int64
		RecordedAt time.Time
	}
	err = tx.db.Table("events").Where("subject_kind = ? AND subject_id = ?", subjectKind, grievance.CaseID(id)).
		Order("seq DESC").Limit(1).Find(&last).Error
	if err != nil || len(last) == 0 {
		return 0, time.Time{}, err
	}
	return last[0].Seq, last[0].RecordedAt, nil
}

// MarkHandedOn records that the open cases of an ended appointment have all
// been handed on. No decision asks for it, so the book's version stays.
func (tx *Tx) MarkHandedOn(id grievance.AppointmentID, at time.Time) error {
	return tx.db.Table("appointments").Where("id = ?", id).Update("handed_on_at", at).Error
}

// PutCategories adds categories and renames those whose code is there already.
func (tx *Tx) PutCategories(list []grievance.Category) error {
	put := clause.OnConflict{
		Columns: []clause.Column{{Name: "code"}}, DoUpdates: clause.AssignmentColumns([]string{"name", "parent"}),
	}
	return insertAll(tx, "categories", list, put)
}

// ReplaceResponsibilities makes list the whole responsibility list.
func (tx *Tx) ReplaceResponsibilities(list []grievance.Responsibility) error {
	if err := tx.db.Exec("DELETE FROM responsibilities").Error; err != nil {
		return err
	}
	return insertAll(tx, "responsibilities", list)
}

// InsertProfile adds a version of a profile; one that is there already stays as
// it is.
func (tx *Tx) InsertProfile(p ProfileRow) error {
	return tx.db.Table("profiles").Clauses(clause.OnConflict{DoNothing: true}).Create(&p).Error
}

// InsertCalendar adds a version of the calendar; one that is there already
// stays as it is.
func (tx *Tx) InsertCalendar(version int, body []byte, at time.Time) error {
	row := struct {
		Version   int
		Body      []byte
		CreatedAt time.Time
	}{version, body, at}
	return tx.db.Table("calendars").Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error
}
