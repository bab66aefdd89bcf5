package office

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

// The events of the profiles.
const (
	EvProfileChanged       grievance.EventKind = "profile_changed"
	EvProfileRebaseOrdered grievance.EventKind = "profile_rebase_ordered"
)

// ErrProfileUnknown says that there is no profile of a name, or no such version.
var ErrProfileUnknown = grievance.Refuse(grievance.NotFound, "profile.unknown", "没有这种办理模式，或没有这个版本")

// errProfileStale refuses what was made from an older version.
var errProfileStale = grievance.Refuse(grievance.Stale, "profile.stale", "该办理模式已有更新的版本，请刷新后重试")

// StoredProfile is a version of a profile and what became of it: since when it
// is there, since when running clocks of older versions follow it (nil: only new
// clocks do), and when they all did that could.
type StoredProfile struct {
	*grievance.Profile
	CreatedAt time.Time
	RebaseAt  *time.Time
	RebasedAt *time.Time
}

// Profiles gives every version of a profile, in order. NotFound for a name that
// is none.
func (o *Office) Profiles(ctx context.Context, name string) (list []StoredProfile, err error) {
	err = o.store.Read(ctx, func(s *store.Snapshot) error {
		rows, err := s.ProfileVersions(name)
		if err == nil {
			list, err = storedProfiles(rows)
		}
		return err
	})
	return list, err
}

func storedProfiles(rows []store.ProfileRow) (list []StoredProfile, err error) {
	for _, row := range rows {
		p, err := profileOf(row)
		if err != nil {
			return nil, err
		}
		list = append(list, StoredProfile{p, row.CreatedAt, row.RebaseAt, row.RebasedAt})
	}
	if len(list) == 0 {
		return nil, ErrProfileUnknown
	}
	return list, nil
}

// PutProfile makes a profile, under its name, the next version of it; whatever
// version it says itself. The clocks that run keep the version that set them:
// see OrderRebase. What says the same as the newest version makes none. The
// actor must administer a root.
//
// It refuses, with every fault at its place, what Check refuses; and, with
// ifVersion, what was made from another version than the newest (profile.stale).
// NotFound for a name that is none of grievance.ProfileNames.
func (o *Office) PutProfile(ctx context.Context, by grievance.Actor, in grievance.Profile, ifVersion *int64, keep ...Keep[StoredProfile]) (StoredProfile, error) {
	return o.changeProfile(ctx, by, in.Name, ifVersion, keep, func(c *change, newest StoredProfile) (StoredProfile, error) {
		next, err := succeed(newest, in)
		if err != nil || next == newest.Profile {
			return newest, err
		}
		if err := o.storeProfile(c.tx, next, 0); err != nil {
			return newest, err
		}
		return StoredProfile{Profile: next, CreatedAt: c.now}, c.recordProfile(EvProfileChanged, next, c.now)
	})
}

// PreviewProfile tells what PutProfile would come to, and whether that is a new
// version; it does nothing.
func (o *Office) PreviewProfile(ctx context.Context, in grievance.Profile, ifVersion *int64) (next *grievance.Profile, isNew bool, err error) {
	list, err := o.Profiles(ctx, in.Name)
	if err != nil {
		return nil, false, err
	}
	newest := list[len(list)-1]
	if err := newest.is(ifVersion); err != nil {
		return nil, false, err
	}
	next, err = succeed(newest, in)
	return next, next != newest.Profile, err
}

// OrderRebase has the running clocks of older versions of a profile follow its
// newest from now on: each that would not be late by it moves, with an event. An
// order that was given before stands as it is. The actor must administer a root.
// It refuses what PutProfile refuses of the name and of ifVersion.
func (o *Office) OrderRebase(ctx context.Context, by grievance.Actor, name string, ifVersion *int64, keep ...Keep[StoredProfile]) (StoredProfile, error) {
	return o.changeProfile(ctx, by, name, ifVersion, keep, func(c *change, newest StoredProfile) (StoredProfile, error) {
		if newest.RebaseAt != nil {
			return newest, nil
		}
		at := c.now
		if at.Before(newest.CreatedAt) { // replicas' clocks differ
			at = newest.CreatedAt
		}
		newest.RebaseAt = &at
		if err := c.tx.OrderRebase(name, newest.Version, at); err != nil {
			return newest, fmt.Errorf("ordering that clocks follow the profile %s: %w", name, err)
		}
		return newest, c.recordProfile(EvProfileRebaseOrdered, newest.Profile, at)
	})
}

// changeProfile lets decide look at the newest version of a profile and change
// what comes after it.
func (o *Office) changeProfile(ctx context.Context, by grievance.Actor, name string, ifVersion *int64, keep []Keep[StoredProfile],
	decide func(*change, StoredProfile) (StoredProfile, error),
) (StoredProfile, error) {
	return changeOne(ctx, o, by, keep, func(c *change) (StoredProfile, error) {
		if err := c.administers(nil); err != nil {
			return StoredProfile{}, err
		}
		rows, err := c.tx.ProfileVersions(name)
		if err != nil {
			return StoredProfile{}, err
		}
		list, err := storedProfiles(rows)
		if err != nil {
			return StoredProfile{}, err
		}
		newest := list[len(list)-1]
		if err := newest.is(ifVersion); err != nil {
			return StoredProfile{}, err
		}
		return decide(c, newest)
	})
}

func (p StoredProfile) is(version *int64) error {
	if version != nil && *version != int64(p.Version) {
		return errProfileStale
	}
	return nil
}

// succeed makes the next version of a profile, or gives the newest where that
// says the same.
func succeed(newest StoredProfile, in grievance.Profile) (*grievance.Profile, error) {
	in.Version = newest.Version
	if err := in.Check(); err != nil {
		return nil, err
	}
	was, err := bodyOf(newest.Profile)
	if err != nil {
		return nil, err
	}
	is, err := bodyOf(&in)
	if err != nil || bytes.Equal(was, is) {
		return newest.Profile, err
	}
	in.Version++
	return &in, nil
}

// bodyOf is how a profile is stored: one profile has one body.
func bodyOf(p *grievance.Profile) ([]byte, error) {
	body, err := json.Marshal(p, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("writing the profile %s: %w", p.Name, err)
	}
	return body, nil
}

// profileOf reads a stored profile. One that is no longer valid is an error: the
// engine would not know what to do with its clocks.
func profileOf(row store.ProfileRow) (*grievance.Profile, error) {
	p := new(grievance.Profile)
	if err := json.Unmarshal(row.Body, p); err != nil {
		return nil, fmt.Errorf("reading a stored profile: %w", err)
	}
	p.ForgetUnknown()
	if err := p.Check(); err != nil {
		return nil, fmt.Errorf("checking the stored profile %s: %w", p.Name, err)
	}
	return p, nil
}

func (c *change) recordProfile(kind grievance.EventKind, p *grievance.Profile, about time.Time) error {
	body, err := bodyOf(p)
	if err != nil {
		return err
	}
	digest := sha256.Sum256(body)
	return c.record(changes.Book, kind, about, Facts{
		Profile: p.Name, Version: p.Version, Digest: hex.EncodeToString(digest[:]),
	})
}

// ReadProfile reads a profile from its JSON, strictly: it refuses members that a
// profile does not have, a name that is none, and the silence that Unsaid finds,
// together with whatever Check finds then. It does not Check what says all.
func ReadProfile(text []byte) (p grievance.Profile, err error) {
	if err := json.Unmarshal(text, &p, json.RejectUnknownMembers(true)); err != nil {
		return p, fmt.Errorf("reading a profile: %w", err)
	}
	if !slices.Contains(grievance.ProfileNames, p.Name) {
		return p, ErrProfileUnknown
	}
	unsaid := Unsaid(text)
	if len(unsaid) == 0 {
		return p, nil
	}
	whole := p
	whole.Version = max(p.Version, 1) // need not be told
	if other, ok := errors.AsType[*grievance.Error](whole.Check()); ok {
		unsaid = append(unsaid, other.Fields...)
	}
	return p, &grievance.Error{Kind: grievance.Invalid, Code: "request.invalid", Message: "提交的内容有误，请按提示修改", Fields: unsaid}
}

// Unsaid finds in a profile's JSON the members that have to be there though their
// zero is a rule as well: who leaves them out, or says null, has said neither.
// What is no profile has none.
func Unsaid(text []byte) (missing []grievance.FieldError) {
	var said struct {
		DisputeDays *int `json:"dispute_days"`
		Clocks      []struct {
			Rolls *bool `json:"rolls"`
		} `json:"clocks"`
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return nil
	}
	miss := func(pointer string) {
		missing = append(missing, grievance.FieldError{Pointer: pointer, Code: "profile.unsaid", Message: "必须写明，不能省略或为 null"})
	}
	if said.DisputeDays == nil {
		miss("/dispute_days")
	}
	for i, rule := range said.Clocks {
		if rule.Rolls == nil {
			miss(fmt.Sprintf("/clocks/%d/rolls", i))
		}
	}
	return missing
}
