package officetest_test

import (
	"testing"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		ck := clock.NewFake(storetest.Start)
		o := officetest.Load(t, storetest.Open(t, dialect, storetest.WithClock(ck)), ck)
		clerk := officetest.Actor(t, o, ck, "clerk")
		if _, ok := clerk.PostAt(officetest.Unit(t, o, "990121101").ID, grievance.RoleClerk); !ok {
			t.Errorf("the clerk holds %+v", clerk.Posts)
		}
		if !officetest.Actor(t, o, ck, "petitioner").Has(grievance.RolePetitioner) {
			t.Error("the petitioner is none")
		}
		if _, found := officetest.Book(t, o).Propose("0101", officetest.Unit(t, o, "990121101").ID); !found {
			t.Error("nobody is responsible for anything")
		}
	})
}
