package api

import (
	"fmt"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
)

// What the shield hides stays hidden from somebody of whom there are more accusations
// than a query names one by one, and what is not accused of them stays theirs.
func TestManyAccusationsHideNoMoreAndNoLess(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		mine, hidden := s.closed(""), s.closed(`,"nature":"accusation"`)
		wantSigned := func(when string, ids ...string) {
			t.Helper()
			signed := map[string]bool{}
			for _, x := range read[SignOffPage](s, "leader", "/sign-offs?state=decided&limit=200").Items {
				signed[x.Case.ID] = true
			}
			for _, id := range ids {
				if !signed[id] {
					t.Errorf("%s: %s is missing", when, id)
				}
			}
			if len(signed) != len(ids) {
				t.Errorf("%s: %d cases were signed, want %d", when, len(signed), len(ids))
			}
		}
		wantSigned("before", mine, hidden)
		s.act("supervisor", hidden, "/named", fmt.Sprintf(`{"unit_id":%q}`, s.unit(jichuan)))
		wantSigned("of one accusation", mine)
		for range 200 {
			if c := s.register(fmt.Sprintf(`,"nature":"accusation","others":[{"kind":"named","unit_id":%q}]`, s.unit(jichuan))); c.Status != grievance.Registered {
				t.Fatalf("%+v", c)
			}
		}
		wantSigned("of more than are named", mine)
	})
}
