package engine

import (
	"strconv"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
)

// fastestReading is the least that reading a file takes. Its words stand in no
// event, so that no reading speed can be applied; but the four parts of an
// opinion, the grievance and its record are not read in less than a minute.
const fastestReading = time.Minute

// rubberStamp: a leader signed faster than the file can be read, counted from
// when it was put there, or many files at once. Who signs answers for what was
// signed (Art. 45).
var rubberStamp = Audit{
	Rule: grievance.FindRubberStamp, Articles: []int{45},
	Look: func(d grievance.Dossier) (charges []grievance.Charge) {
		for _, s := range d.Case.SignOffs {
			if s.Decided == nil || !s.Approved || s.Decided.ActorID.IsZero() {
				continue
			}
			bulk := inBulk(d.Beside, s)
			if s.Decided.AboutAt.Sub(s.Asked.AboutAt) >= fastestReading && len(bulk) == 0 {
				continue
			}
			charges = append(charges, grievance.Charge{
				CaseID: d.Case.CaseID, Subject: "sign-off/" + strconv.Itoa(s.N), AboutAt: s.Decided.AboutAt, Unit: s.Decided.Post.UnitID,
				Evidence: append([]grievance.EventRef{s.Asked.Ref(), s.Decided.Ref()}, bulk...),
			})
		}
		return charges
	},
}

// inBulk gives the signatures that the signer gave together with one, where they
// were too many to have been read: those in the first stretch of
// grievance.SignedTogether around it that holds more than grievance.SignedInBulk.
func inBulk(beside []grievance.SignedAt, s grievance.Signature) (refs []grievance.EventRef) {
	at := s.Decided.AboutAt
	for _, first := range beside {
		end := first.At.Add(grievance.SignedTogether)
		if first.By != s.Decided.ActorID || first.At.After(at) || !at.Before(end) {
			continue
		}
		refs = nil
		for _, o := range beside {
			if o.By == first.By && !o.At.Before(first.At) && o.At.Before(end) {
				refs = append(refs, o.Ref())
			}
		}
		if len(refs) > grievance.SignedInBulk {
			return refs
		}
	}
	return nil
}
