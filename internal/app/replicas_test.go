package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/migrations"
)

// Defect of other systems: a create that timed out and is sent again makes two
// cases. Three replicas serve one database; every request is sent to two of them
// at once with the same Idempotency-Key, and is done once.
func TestTwoReplicasAskedAtOnceDoItOnce(t *testing.T) {
	t.Parallel()
	w := newTown(t, migrations.Postgres)
	for range 3 {
		w.open()
	}
	clerk := w.as("clerk")
	clerk.get("/auth/me", nil)
	var receipts []string
	for i := range 12 {
		body := object{"channel": "hotline", "title": fmt.Sprintf("第%d件", i+1), "body": "路灯不亮。"}
		first, second := clerk.twice(i, "/cases", body, fmt.Sprintf("register-%d", i))
		if first.ID != second.ID || first.Receipt != second.Receipt || first.Code != second.Code {
			t.Errorf("two cases for one key: %+v, %+v", first, second)
		}
		receipts = append(receipts, first.Receipt)
		a, b := clerk.twice(i, "/cases/"+first.ID+"/notes", object{"words": "已告知值班电工。"}, fmt.Sprintf("note-%d", i))
		if a != b {
			t.Errorf("two answers for one key: %+v, %+v", a, b)
		}
		if got := kinds(clerk.eventsOf(first.ID)); got != "registered noted" && got != "registered unrouted noted" {
			t.Errorf("what happened: %s", got)
		}
	}
	if n := clerk.countCases(); n != len(receipts) {
		t.Errorf("%d cases", n)
	}
	slices.Sort(receipts)
	if last := receipts[len(receipts)-1]; last != town1+"-20261123-0012" {
		t.Errorf("the last receipt number is %s", last)
	}
	w.settle()
}

// twice sends a request to two replicas at once, and again as long as the other
// one has not finished.
func (u *user) twice(i int, path string, body object, key string) (first, second caseView) {
	u.Helper()
	var both sync.WaitGroup
	for n, into := range []*caseView{&first, &second} {
		s := u.town.servers[(i+n)%len(u.town.servers)]
		both.Go(func() {
			for range 50 {
				a, err := u.ask(s, "POST", path, body, u.bearer(), "Idempotency-Key: "+key)
				if err == nil && a.status == http.StatusConflict {
					err = clock.Sleep(u.Context(), minute/600)
				}
				if err != nil {
					u.Error(err)
					return
				}
				if a.status == http.StatusConflict {
					continue
				}
				if a.status/100 != 2 {
					u.Errorf("%s: %d %s", path, a.status, a.body)
				}
				u.read(a, into)
				return
			}
		})
	}
	both.Wait()
	return first, second
}
