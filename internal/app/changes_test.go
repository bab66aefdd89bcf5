package app_test

import (
	"slices"
	"testing"

	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// change is an event of the log of changes as a client reads it.
type change struct {
	Kind    string
	Subject struct{ Kind, Name string }
	Actor   *holder
	Post    *holder
	Ledger  int64 `json:"ledger_position"`
}

// What the commands of the binary change stands in the log, as the system's
// deed, and so do the lists that were imported.
func TestCommandsAreInTheLogOfChanges(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		w.open()
		w.huiyin(officetest.Password+"\n", "user", "password", "clerk").wantExit(0)
		w.huiyin("", "key", "signing").wantExit(0)
		w.huiyin("", "key", "signing", "--now").wantExit(0)
		w.huiyin("", "user", "disable", "courier").wantExit(0)
		w.settle()
		var all list[change]
		w.as("admin").get("/changes?limit=200&actor=system&kind=password_set,signing_key_rotated,user_disabled", &all)
		var kinds []string
		for _, c := range all.Items {
			kinds = append(kinds, c.Subject.Kind+" "+c.Kind)
			if c.Actor != nil || c.Post == nil || c.Post.Role != "system" || c.Ledger == 0 {
				t.Errorf("%+v", c)
			}
		}
		slices.Sort(kinds)
		if want := []string{"keys signing_key_rotated", "keys signing_key_rotated", "user password_set", "user user_disabled"}; !slices.Equal(kinds, want) {
			t.Errorf("the log has %v", kinds)
		}
		for _, kind := range []string{"unit_created", "categories_changed", "responsibilities_changed"} {
			var loaded list[change]
			if w.as("admin").get("/changes?limit=1&count=true&actor=system&kind="+kind, &loaded); loaded.Total == 0 {
				t.Errorf("the lists were imported without %s", kind)
			}
		}
	})
}
