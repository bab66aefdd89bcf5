package office

import (
	"context"

	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/grievance"
)

// RevokeLogins ends every login of a user; the account stays as it is. The actor
// must administer every unit in which the user still has a post. A user who is
// disabled, or not logged in, is no refusal.
func (o *Office) RevokeLogins(ctx context.Context, by grievance.Actor, id grievance.UserID, keep ...Keep[grievance.User]) (grievance.User, error) {
	return changeOne(ctx, o, by, keep, func(c *change) (grievance.User, error) {
		u, err := c.administered(id)
		if err != nil {
			return grievance.User{}, err
		}
		if err := c.tx.RevokeLoginsOfUser(id, c.now, "admin"); err != nil {
			return grievance.User{}, err
		}
		return *u, c.log.Add(changes.User(id), changes.LoginsRevoked, changes.Facts{Reason: "admin"})
	})
}
