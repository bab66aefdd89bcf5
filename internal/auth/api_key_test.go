package auth_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/auth"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// issued keeps a new key of the clerk's that lasts a day, and gives its text.
func (h *house) issued(t *testing.T, id byte) (string, store.APIKey) {
	t.Helper()
	drawn := h.DrawKey()
	k := store.APIKey{
		ID: store.APIKeyID{15: id}, UserID: clerk.ID, Name: "12345", Prefix: drawn.Prefix, Digest: drawn.Digest,
		Scopes: store.KeyScopes{grievance.ScopeCasesRead}, CreatedAt: h.clock.Now(), ExpiresAt: h.clock.Now().Add(24 * time.Hour),
	}
	h.write(t, func(tx *store.Tx) error { return tx.InsertAPIKey(k) })
	return drawn.Text, k
}

// seen is what VerifyKey says of a key, as a code.
func seen(t *testing.T, s *auth.Service, text string) string {
	t.Helper()
	_, unnoted, err := s.VerifyKey(t.Context(), text)
	if unnoted != nil {
		t.Errorf("not noted: %v", unnoted)
	}
	return grievance.CodeOf(err)
}

func TestAKeyIsKnownByItsSecretAlone(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		text, k := h.issued(t, 1)
		other, _ := h.issued(t, 2)
		m, unnoted, err := h.VerifyKey(t.Context(), text)
		if err != nil || unnoted != nil || m.UserID != clerk.ID || m.Key != k.ID || !slices.Equal(m.Scopes, k.Scopes) {
			t.Fatalf("VerifyKey = %+v, %v, %v", m, unnoted, err)
		}
		if !auth.IsKey(text) || len(text) != 65 || !strings.HasPrefix(text, "hyk_"+k.Prefix+"_") || strings.Contains(string(k.Digest), text[13:]) {
			t.Errorf("the key is %s, kept as %q", text, k.Digest)
		}
		last := "A"
		if strings.HasSuffix(text, "A") {
			last = "B"
		}
		for name, forged := range map[string]string{
			"nothing": "", "only the mark": "hyk_", "only the prefix": text[:13], "without its end": text[:64],
			"with more": text + "A", "another end": text[:64] + last, "another's secret": text[:13] + other[13:],
			"lower case": "hyk_" + strings.ToLower(text[4:]), "a space": text + " ", "a line break": text + "\n",
			"another mark": "hyr_" + text[4:], "bytes": "hyk_\xff\xff\xff\xff\xff\xff\xff\xff_" + text[13:],
			"SQL": "hyk_' OR 1=1_" + text[13:], "unknown": "hyk_AAAAAAAA_" + text[13:], "endless": "hyk_" + strings.Repeat("A", 1<<20),
		} {
			if code := seen(t, h.Service, forged); code != "auth.key_invalid" {
				t.Errorf("%s: %q", name, code)
			}
		}
		if code := seen(t, h.Service, text); code != "" {
			t.Errorf("after the forgeries the key is %s", code)
		}
		_, err = h.Verify(t.Context(), text)
		wantCode(t, "a key that would be a token", err, "auth.token_invalid")
		wantCode(t, "a key that changes a password", h.ChangePassword(t.Context(), text, password, "another password"), "auth.token_invalid")
		_, _, err = h.VerifyKey(t.Context(), h.login(t).Access)
		wantCode(t, "a token that would be a key", err, "auth.key_invalid")
	})
}

// What ends a key ends it within five seconds on every replica, and at once on
// the one that is told.
func TestAKeyEnds(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		_, replica := h.replica(t)
		here := []*auth.Service{h.Service, replica}
		for i, c := range []struct {
			end  func(store.APIKey)
			code string
		}{
			{func(k store.APIKey) {
				h.write(t, func(tx *store.Tx) error { return tx.RevokeAPIKey(k.ID, h.clock.Now()) })
				h.ForgetKey(k.ID)
			}, "auth.key_revoked"},
			{func(k store.APIKey) { h.clock.Set(k.ExpiresAt); h.ForgetKey(k.ID) }, "auth.key_expired"},
			{func(k store.APIKey) {
				h.write(t, func(tx *store.Tx) error { return tx.DisableUser(clerk.ID, h.clock.Now()) })
				h.ForgetKey(k.ID)
			}, "auth.account_disabled"},
		} {
			text, k := h.issued(t, byte(i+1))
			for _, s := range here {
				if code := seen(t, s, text); code != "" {
					t.Fatalf("%s: a good key is %q", c.code, code)
				}
			}
			c.end(k)
			if code := seen(t, here[0], text); code != c.code {
				t.Errorf("where it ended: %q, want %s", code, c.code)
			}
			h.clock.Advance(5 * time.Second)
			for _, s := range here {
				if code := seen(t, s, text); code != c.code {
					t.Errorf("five seconds later: %q, want %s", code, c.code)
				}
			}
			if code := seen(t, here[1], text[:13]+strings.Repeat("A", 52)); code != "auth.key_invalid" {
				t.Errorf("who does not know the secret learns %q", code)
			}
		}
	})
}

// The use of a key is noted once a minute, and a key that is used asks the
// database every five seconds only.
func TestTheUseOfAKeyIsNoted(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		text, k := h.issued(t, 1)
		noted := func() *time.Time {
			var got store.APIKey
			err := h.store.Read(t.Context(), func(r *store.Snapshot) (err error) { got, err = r.APIKey(k.ID); return err })
			if err != nil {
				t.Fatal(err)
			}
			return got.LastUsedAt
		}
		start := h.clock.Now()
		for _, step := range []struct{ after, want time.Duration }{{0, 0}, {5, 0}, {59, 0}, {60, 0}, {65, 65}, {70, 65}, {126, 126}} {
			h.clock.Set(start.Add(step.after * time.Second))
			if code := seen(t, h.Service, text); code != "" {
				t.Fatal(code)
			}
			if at := noted(); at == nil || !at.Equal(start.Add(step.want*time.Second)) {
				t.Errorf("after %d s noted at %v, want %d s", step.after, at, step.want)
			}
		}
		counted, statements := store.CountStatements(t.Context())
		for range 3 {
			if _, _, err := h.VerifyKey(counted, text); err != nil {
				t.Fatal(err)
			}
		}
		if list := statements.List(); len(list) > 0 {
			t.Errorf("a key that was just seen costs %q", list)
		}
	})
}

// Noting is no reason to fail.
func TestAKeyWhoseUseCannotBeNotedIsGood(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		h := newHouse(t, dialect)
		text, _ := h.issued(t, 1)
		broken := errors.New("no room")
		ctx, statements := store.CountStatements(t.Context())
		statements.Fail(func(statement string) error {
			if strings.HasPrefix(statement, "UPDATE") {
				return broken
			}
			return nil
		})
		m, unnoted, err := h.VerifyKey(ctx, text)
		if err != nil || m.UserID != clerk.ID || !errors.Is(unnoted, broken) {
			t.Errorf("VerifyKey = %+v, %v, %v", m, unnoted, err)
		}
	})
}
