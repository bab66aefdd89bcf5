package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/grievance"
)

// What many ask for together is signed twice: by a leader of the township and
// then by the county's head. Each has it on the desk and in the inbox while it is
// theirs to sign, and only then; and each decision says what was seen.
func TestAGroupPetitionIsSignedByTwo(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, s *city) {
		id := as[CaseWithCode](s, s.send("petitioner", "POST", v1+"/cases", grievanceOf(fmt.Sprintf(`,"petition":true,"headcount":12,"unit_id":%q`, s.unit(jichuan)))), 201).ID
		s.act("clerk", id, "/accept", `{"notice":"已受理","service":{"how":"sms","proof":"短信回执"}}`)
		s.act("clerk", id, "/assign", s.toHandler())
		s.act("handler", id, "/acknowledge", "")
		s.act("handler", id, "/contact", `{"words":"已联系代表"}`)
		s.act("handler", id, "/submit", opinion)
		s.wantSigning(id, "leader", "deputy")
		s.refuses("county_leader", "POST", v1+"/cases/"+id+"/sign-offs/2/approve", `{}`, 404, "not_found")
		s.refuses("county_leader", "POST", v1+"/cases/"+id+"/sign-offs/1/approve", `{}`, 403, "case.not_permitted")
		if v := s.act("leader", id, "/sign-offs/1/approve", `{}`); v.Status != "awaiting_signoff" || v.PendingSignOff != 2 {
			t.Fatalf("after the first signature %s, sign-off %d", v.Status, v.PendingSignOff)
		}
		s.wantSigning(id, "county_leader")
		notices := func() string { return string(bodyOf(s.t, s.send("petitioner", "GET", v1+"/cases/"+id+"/notices", ""))) }
		if strings.Contains(notices(), "本周修好") {
			t.Error("the petitioner reads an opinion that one of two has signed")
		}
		s.refuses("leader", "POST", v1+"/cases/"+id+"/sign-offs/2/approve", `{}`, 403, "signoff.signed_before")
		s.refuses("deputy", "POST", v1+"/cases/"+id+"/sign-offs/2/approve", `{}`, 403, "case.not_permitted")
		if v := s.act("county_leader", id, "/sign-offs/2/approve", `{}`); v.Status != "closed" {
			t.Fatalf("after the second signature %s", v.Status)
		}
		if !strings.Contains(notices(), "本周修好") {
			t.Errorf("the petitioner does not read the opinion: %s", notices())
		}
		list := read[SignOffList](s, "leader", "/cases/"+id+"/sign-offs").Items
		for i, x := range list {
			seats := len(x.Chain) == 2 && x.Chain[0] == grievance.SignerLeader && x.Chain[1] == grievance.SignerSuperior
			if x.Request != 1 || x.Step != i+1 || !seats || x.Digest != list[0].Digest || x.SeenSeq == 0 || len(x.SeenDigest) != 64 || len(x.Texts) != 4 {
				t.Errorf("step %d: %+v", i+1, x)
			}
		}
		if len(list) != 2 {
			t.Errorf("%d steps", len(list))
		}
	})
}

// wantSigning holds a case against the desks and inboxes of those who lead its
// unit or the one above.
func (s *city) wantSigning(id string, who ...string) {
	s.t.Helper()
	for _, leader := range []string{"leader", "deputy", "county_leader"} {
		desk := false
		for _, i := range read[SignOffPage](s, leader, "/sign-offs?limit=200").Items {
			desk = desk || i.Case.ID == id
		}
		if want := slices.Contains(who, leader); desk != want {
			s.t.Errorf("on the desk of %s: %t, want %t", leader, desk, want)
		}
		inbox := false
		for _, i := range read[InboxPage](s, leader, "/inbox?limit=200").Items {
			inbox = inbox || i.CaseID == id && i.Reason == "sign_off"
		}
		if want := slices.Contains(who, leader); inbox != want {
			s.t.Errorf("in the inbox of %s: %t, want %t", leader, inbox, want)
		}
	}
}
