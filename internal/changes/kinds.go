package changes

import (
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// Subject is what an event of this log is about.
type Subject struct {
	Kind string
	ID   [16]byte
}

// The kinds of subjects. What may be done by a user, and for them, is told about
// the user: logins and feeds too.
const (
	SubjectUnit = "unit"
	SubjectUser = "user"
	SubjectBook = "book" // the lists, the profiles and the calendar
	SubjectKeys = "keys" // those that sign logins and those that seal personal data
)

// SubjectKinds are all of them.
var SubjectKinds = []string{SubjectUnit, SubjectUser, SubjectBook, SubjectKeys}

// The subjects of which there is one.
var (
	Book = Subject{SubjectBook, [16]byte{15: 1}}
	Keys = Subject{SubjectKeys, [16]byte{15: 2}}
)

// Unit is a unit as a subject.
func Unit(id grievance.UnitID) Subject { return Subject{SubjectUnit, id} }

// User is a user as a subject.
func User(id grievance.UserID) Subject { return Subject{SubjectUser, id} }

// The events beside those of the organisation, which package office has.
const (
	// PasswordSet: by somebody else than the user, with the command or by an
	// administrator. Every login of the user ends.
	PasswordSet grievance.EventKind = "password_set"
	// PasswordChanged: by the user, which ends every other login.
	PasswordChanged grievance.EventKind = "password_changed"
	// LoginsRevoked: somebody ended logins of the user, one or all.
	LoginsRevoked grievance.EventKind = "logins_revoked"
	// FeedOpened: who has the address reads, without a login, what the user may.
	FeedOpened  grievance.EventKind = "feed_opened"
	FeedRevoked grievance.EventKind = "feed_revoked"
	// SigningKeyRotated: there is a new key that signs logins.
	SigningKeyRotated grievance.EventKind = "signing_key_rotated"
	// VaultKeyAdded: there is a new key that can seal personal data.
	VaultKeyAdded grievance.EventKind = "vault_key_added"
	// VaultKeyPromoted: the newest key seals from now on.
	VaultKeyPromoted grievance.EventKind = "vault_key_promoted"
	// VaultResealed: everything is sealed with the newest key.
	VaultResealed grievance.EventKind = "vault_resealed"
	// VaultKeyDropped: a key is there no more.
	VaultKeyDropped grievance.EventKind = "vault_key_dropped"
	// KeyFileWrapped: the key file is sealed by another key than before, or by none.
	KeyFileWrapped grievance.EventKind = "key_file_wrapped"
)

// Kinds are all of them.
var Kinds = []grievance.EventKind{
	PasswordSet, PasswordChanged, LoginsRevoked, FeedOpened, FeedRevoked,
	SigningKeyRotated, VaultKeyAdded, VaultKeyPromoted, VaultResealed, VaultKeyDropped, KeyFileWrapped,
}

// Facts is the body of those events; which fields one of a kind has is shown by
// its golden file. V is the version of this shape.
type Facts struct {
	V          int                  `json:"v"`
	MustChange bool                 `json:"must_change,omitempty"` // the password, before anything else
	Login      store.LoginSessionID `json:"login,omitzero"`        // the one that was revoked; none: all
	Logins     int                  `json:"logins,omitempty"`      // how many ended
	Reason     string               `json:"reason,omitempty"`      // a code
	Feed       store.FeedID         `json:"feed,omitzero"`
	Days       int                  `json:"days,omitempty"`    // how far a feed looks ahead
	Key        string               `json:"key,omitempty"`     // the name of a key, by which nobody can find the key
	From       time.Time            `json:"from,omitzero"`     // when a key begins to sign
	Dropped    int                  `json:"dropped,omitempty"` // how many old keys went
	Rows       int64                `json:"rows,omitempty"`    // how many were sealed anew
}
