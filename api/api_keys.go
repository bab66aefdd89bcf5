package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
)

// KeyView is a machine's key, without its secret.
type KeyView struct {
	ID string `json:"id" validate:"required" format:"uuid"`
	// For whom the key acts, in the posts that this user holds at the instant.
	UserID string `json:"user_id" validate:"required" format:"uuid"`
	Name   string `json:"name" validate:"required" example:"12345 平台"`
	// How the key begins, after hyk_.
	Prefix string               `json:"prefix" validate:"required" example:"K5TQ3ZP2"`
	Scopes []grievance.KeyScope `json:"scopes" validate:"required" swaggertype:"array,string" enums:"cases:read,cases:write,reports:read,organisation:read,organisation:write,engine:run"`
	// The administrator who made it; absent where the operator did, by command.
	CreatedBy string    `json:"created_by,omitempty" format:"uuid"`
	CreatedAt time.Time `json:"created_at" validate:"required" format:"date-time"`
	ExpiresAt time.Time `json:"expires_at" validate:"required" format:"date-time"`
	// Noted once a minute at most; absent while nobody has used it.
	LastUsedAt *time.Time `json:"last_used_at,omitempty" format:"date-time"`
	RevokedAt  *time.Time `json:"revoked_at,omitempty" format:"date-time"`
} // @name APIKey

// KeyWithSecret is a new key with its text, which is a secret and told only
// once.
type KeyWithSecret struct {
	KeyView
	// Goes with every request: Authorization: Bearer.
	Key string `json:"key" validate:"required" example:"hyk_K5TQ3ZP2_…"`
} // @name APIKeyWithSecret

// KeyPage is a page of keys.
type KeyPage struct {
	Items []KeyView `json:"items" validate:"required"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
} // @name APIKeyPage

// NewAPIKeyRequest asks for a key.
type NewAPIKeyRequest struct {
	UserID grievance.UserID     `json:"user_id" validate:"required" swaggertype:"string" format:"uuid"`
	Name   string               `json:"name" validate:"required,notblank,max=100,oneline" example:"12345 平台"`
	Scopes []grievance.KeyScope `json:"scopes" validate:"required,min=1,max=6,unique,dive,oneof=cases:read cases:write reports:read organisation:read organisation:write engine:run" swaggertype:"array,string" enums:"cases:read,cases:write,reports:read,organisation:read,organisation:write,engine:run"`
	// A year ahead at most.
	ExpiresAt time.Time `json:"expires_at" validate:"required" format:"date-time"`
} // @name NewAPIKey

func apiKeyView(k store.APIKey) KeyView {
	return KeyView{
		ID: k.ID.String(), UserID: k.UserID.String(), Name: k.Name, Prefix: k.Prefix, Scopes: k.Scopes, CreatedBy: k.CreatedBy.String(),
		CreatedAt: k.CreatedAt, ExpiresAt: k.ExpiresAt, LastUsedAt: k.LastUsedAt, RevokedAt: k.RevokedAt,
	}
}

// createAPIKey makes a key for a machine.
//
//	@Summary		新建机器密钥 / new API key
//	@Description	供其他系统调用；密钥以所属账号此刻的岗位办事，且不超出权限范围；签批、裁决、查看个人信息等须由人办理的，任何密钥都不能。密钥只给这一次。管理员须管理该账号任职的全部单位。 For another system, which acts as the user, in the posts held at the instant and within the scopes; what a person alone does (signing, deciding, seeing who a petitioner is) no key does. The key is told only here. The administrator must administer every unit in which the user has a post.
//	@Tags			organisation
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string				false	"names this request, so that it can be sent again"
//	@Param			body			body		NewAPIKeyRequest	true	"the key"
//	@Success		201				{object}	KeyWithSecret
//	@Failure		400,401,403,404,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/api-keys [post]
func (s *server) createAPIKey(c echo.Context) error {
	in, err := decode[NewAPIKeyRequest](c)
	if err != nil {
		return err
	}
	drawn := s.Auth.DrawKey()
	shown := func(k office.Changed[store.APIKey]) (string, any) {
		return "", KeyWithSecret{apiKeyView(k.Of), drawn.Text}
	}
	return reorganise(s, c, http.StatusCreated, shown, func(ctx context.Context, keep office.Keep[store.APIKey]) (store.APIKey, error) {
		return s.Office.IssueAPIKey(ctx, actorOf(c), in.key(drawn), keep)
	})
}

func (in NewAPIKeyRequest) key(drawn auth.DrawnKey) office.NewAPIKey {
	return office.NewAPIKey{
		UserID: in.UserID, Name: in.Name, Scopes: in.Scopes, ExpiresAt: in.ExpiresAt, Prefix: drawn.Prefix, Digest: drawn.Digest,
	}
}

// listAPIKeys lists keys in the order in which they were made.
//
//	@Summary		机器密钥列表 / API keys
//	@Description	本单位及下级单位人员的密钥，以及已无岗位的人员的密钥；含已停用和过期的，不含密钥本身。 The keys of whoever has a post in a unit that one administers, and of whoever has none any more, without their secrets; revoked and expired ones too.
//	@Tags			organisation
//	@Produce		json
//	@Param			user	query		string	false	"whose keys"	format(uuid)
//	@Param			limit	query		int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor	query		string	false	"where the page begins"
//	@Success		200		{object}	KeyPage
//	@Failure		400,401,403,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/api-keys [get]
func (s *server) listAPIKeys(c echo.Context) error {
	q := readQuery(c)
	user, limit, after := idParam[grievance.User](q, "user"), q.limit(), cursorParam[string](q, "api_keys")
	if err := q.err(); err != nil {
		return err
	}
	all, err := s.Office.APIKeys(c.Request().Context(), actorOf(c))
	if err != nil {
		return err
	}
	var found []store.APIKey
	for _, k := range all {
		if (after == nil || k.ID.String() > *after) && (user.IsZero() || k.UserID == user) && len(found) <= limit {
			found = append(found, k)
		}
	}
	items, next, err := pageOf(c, "api_keys", found, limit, func(k store.APIKey) string { return k.ID.String() }, apiKeyView)
	return reply(c, KeyPage{items, next}, err)
}

// revokeAPIKey ends a key.
//
//	@Summary		停用机器密钥 / revoke an API key
//	@Description	数秒内在所有副本失效，不可恢复；已停用的不变。 It stops within seconds on every replica, for good; one that was revoked stays as it is.
//	@Tags			organisation
//	@Accept			json
//	@Produce		json
//	@Param			id				path		string	true	"key"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"names this request, so that it can be sent again"
//	@Success		200				{object}	KeyView
//	@Failure		400,401,403,404,409,413,415,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/api-keys/{id}/revoke [post]
func (s *server) revokeAPIKey(c echo.Context) error {
	id, err := actedOn[store.APIKey](c)
	if err != nil {
		return err
	}
	shown := func(k office.Changed[store.APIKey]) (string, any) { return "", apiKeyView(k.Of) }
	return reorganise(s, c, http.StatusOK, shown, func(ctx context.Context, keep office.Keep[store.APIKey]) (store.APIKey, error) {
		k, err := s.Office.RevokeAPIKey(ctx, actorOf(c), id, keep)
		if err == nil {
			s.Auth.ForgetKey(id)
		}
		return k, err
	})
}
