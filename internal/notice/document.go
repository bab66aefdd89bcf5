package notice

import (
	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

// Document is all that a template may say. Codes stand as they are stored; the
// template has their words.
type Document struct {
	Kind     grievance.NoticeKind
	Version  int
	Petition bool   // decided under the Regulations on Petitioning, else by the desk's own practice
	Unit     string // who issues it, in full
	Number   string // 文号
	IssuedOn calendar.Date

	Addressee string
	Headcount int // how many there are
	Receipt   string
	Received  calendar.Date
	Channel   grievance.Channel
	Title     string
	Route     int // of a demand (Art. 31), else 0

	Words      string // beyond the form
	Reason     grievance.Reason
	Clock      grievance.ClockKind // which deadline an extension is of
	Length     calendar.Length     // and by how much it is extended
	DueOn      calendar.Date       // the last day: of handling, or as extended
	Outcome    grievance.Outcome
	Decision   string // of a review: upheld, changed, revoked or mediated
	Request    string
	Findings   string
	Opinion    string
	LegalBasis string
	Agreement  string // of a mediation, in place of an opinion
	RefersTo   string // 文号 of the final opinion that a decline on the same facts goes by

	Other      string // where the case went, or to whom the petitioner may turn, in full
	RemedyDays int    // after service, within which that must be done; 0: nothing can be done
}

// Several reports whether the notice is to more than one person.
func (d Document) Several() bool { return d.Headcount > 1 }
