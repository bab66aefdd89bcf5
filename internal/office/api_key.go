package office

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

const (
	// LongestKey is how long a machine's key lasts at most.
	LongestKey = 366 * 24 * time.Hour

	mostKeys = 10 // live ones of one user
)

// The refusals about keys of machines.
var (
	errKeyUnknown = grievance.Refuse(grievance.NotFound, "api_key.unknown", "没有这个密钥")
	errKeyOwner   = grievance.Refuse(grievance.Conflict, "api_key.owner", "密钥只能发给在岗的工作人员账号")
	errKeyLimit   = grievance.Refuse(grievance.Conflict, "api_key.limit", "每个账号最多 10 个有效密钥，请先停用不再使用的")
	errKeyScopes  = grievance.InvalidField("/scopes", "api_key.scopes", "权限范围须至少一项，不能重复，也不能是不存在的")
	errKeyExpiry  = grievance.InvalidField("/expires_at", "api_key.expiry", "有效期须晚于现在，且最长一年")
)

// NewAPIKey is a key to be issued to a machine that acts as a user. Prefix and
// Digest are made by package auth, with the secret that nobody else has.
type NewAPIKey struct {
	UserID    grievance.UserID
	Name      string
	Scopes    []grievance.KeyScope
	ExpiresAt time.Time // exclusive
	Prefix    string
	Digest    []byte
}

// IssueAPIKey gives a machine a key with which it acts as a user, in the posts
// that the user holds at the instant, and no further than its scopes. The actor
// must administer every unit in which the user has a post. It refuses an owner
// who is disabled, of the public or without a post (api_key.owner), scopes that
// are none (api_key.scopes), an expiry that has passed or lies further ahead than
// LongestKey (api_key.expiry), and one live key too many (api_key.limit).
func (o *Office) IssueAPIKey(ctx context.Context, by grievance.Actor, in NewAPIKey, keep ...Keep[store.APIKey]) (store.APIKey, error) {
	return changeOne(ctx, o, by, keep, func(c *change) (store.APIKey, error) {
		k, err := c.makeAPIKey(in)
		if err != nil {
			return k, err
		}
		if err := c.tx.InsertAPIKey(k); err != nil {
			return k, err
		}
		return k, c.recordAPIKey(k)
	})
}

func (c *change) makeAPIKey(in NewAPIKey) (store.APIKey, error) {
	if err := c.mayIssueTo(in.UserID); err != nil {
		return store.APIKey{}, err
	}
	in.ExpiresAt = clock.Normal(in.ExpiresAt)
	if err := in.check(c.now); err != nil {
		return store.APIKey{}, err
	}
	if err := c.hasRoomForKey(in.UserID); err != nil {
		return store.APIKey{}, err
	}
	id, err := newID[store.APIKey](c)
	return store.APIKey{
		ID: id, UserID: in.UserID, Name: in.Name, Prefix: in.Prefix, Digest: in.Digest, Scopes: in.Scopes,
		CreatedBy: c.by.UserID, CreatedAt: c.now, ExpiresAt: in.ExpiresAt,
	}, err
}

func (in NewAPIKey) check(now time.Time) error {
	for i, s := range in.Scopes {
		if !slices.Contains(grievance.KeyScopes, s) || slices.Contains(in.Scopes[:i], s) {
			return errKeyScopes
		}
	}
	if len(in.Scopes) == 0 {
		return errKeyScopes
	}
	if !now.Before(in.ExpiresAt) || in.ExpiresAt.Sub(now) > LongestKey {
		return errKeyExpiry
	}
	return checkName(in.Name)
}

// mayIssueTo refuses a user who has a post that the actor does not administer:
// who issues a key can act as its owner. One without a post may be appointed
// above the actor later, and has nothing to act in today.
func (c *change) mayIssueTo(id grievance.UserID) error {
	u, err := c.user(id)
	if err != nil {
		return err
	}
	posts := c.book.Actor(id, c.now).Posts
	if u.Petitioner || len(posts) == 0 {
		return errKeyOwner
	}
	for _, p := range posts {
		if _, err := c.unit(p.UnitID); err != nil {
			return err
		}
	}
	return nil
}

func (c *change) hasRoomForKey(id grievance.UserID) error {
	all, err := c.tx.APIKeys()
	if err != nil {
		return err
	}
	live := 0
	for _, k := range all {
		if k.UserID == id && k.LiveAt(c.now) {
			live++
		}
	}
	if live >= mostKeys {
		return errKeyLimit
	}
	return nil
}

// RevokeAPIKey ends a key at once, and does nothing if it has ended. The actor
// must be able to see it (api_key.unknown otherwise).
func (o *Office) RevokeAPIKey(ctx context.Context, by grievance.Actor, id store.APIKeyID, keep ...Keep[store.APIKey]) (store.APIKey, error) {
	return changeOne(ctx, o, by, keep, func(c *change) (store.APIKey, error) {
		k, err := c.tx.APIKey(id)
		if errors.Is(err, grievance.ErrNotFound) || err == nil && !mayRevoke(c.book, by, k, c.now) {
			return k, errKeyUnknown
		}
		if err != nil || k.RevokedAt != nil {
			return k, err
		}
		k.RevokedAt = &c.now
		if err := c.tx.RevokeAPIKey(id, c.now); err != nil {
			return k, err
		}
		return k, c.record(changes.User(k.UserID), EvAPIKeyRevoked, c.now, Facts{Key: k.ID, Prefix: k.Prefix})
	})
}

func (c *change) recordAPIKey(k store.APIKey) error {
	return c.record(changes.User(k.UserID), EvAPIKeyCreated, c.now, Facts{
		Key: k.ID, Prefix: k.Prefix, Scopes: k.Scopes, Until: &k.ExpiresAt,
	})
}

// APIKeys gives the keys that an administrator may revoke, dead ones too, the
// oldest first: those of whoever has a post in a unit that the actor administers,
// and those of whoever has none any more.
func (o *Office) APIKeys(ctx context.Context, by grievance.Actor) (list []store.APIKey, err error) {
	book, err := o.Book(ctx)
	if err != nil {
		return nil, err
	}
	err = o.store.Read(ctx, func(s *store.Snapshot) error {
		list, err = s.APIKeys()
		return err
	})
	now := o.clock.Now()
	return slices.DeleteFunc(list, func(k store.APIKey) bool { return !mayRevoke(book, by, k, now) }), err
}

// mayRevoke is wider than the right to issue: for a key that has leaked there
// must be somebody at hand who may end it.
func mayRevoke(book *grievance.Book, by grievance.Actor, k store.APIKey, now time.Time) bool {
	if by.IsSystem() {
		return true
	}
	posts := book.Actor(k.UserID, now).Posts
	return by.Has(grievance.RoleAdmin) && (len(posts) == 0 || slices.ContainsFunc(posts, func(p grievance.Post) bool {
		return administers(by, book, book.Unit(p.UnitID))
	}))
}
