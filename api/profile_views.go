package api

import (
	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
)

// ProfileView is a version of a profile (办理模式): which clocks it sets and what
// may happen after closure.
type ProfileView struct {
	Name    string       `json:"name" validate:"required" example:"hotline"`
	Version int          `json:"version" validate:"required" example:"2"`
	Rules   ProfileRules `json:"rules" validate:"required"`
} // @name Profile

// ProfileRules is all that a profile says.
type ProfileRules struct {
	// For so many days after closure the petitioner may dispute; 0: may ask for a
	// review instead.
	DisputeDays int `json:"dispute_days" validate:"required" minimum:"0" maximum:"365" example:"15"`
	// For which causes a case may be suspended, and how long at most.
	Suspensions map[grievance.PauseCause]calendar.Length `json:"suspensions,omitempty" swaggertype:"object,string" example:"petitioner:15d"`
	Clocks      []ClockRule                              `json:"clocks" validate:"required"`
	// Who signs what: the first rule that fits decides, else the head an extension
	// and a leader everything else.
	SignOffs []SigningRule `json:"sign_offs,omitempty"`
	// By name. Lengths shorter than a day climb the ladder "short".
	Ladders map[string][]Rung `json:"ladders" validate:"required"`
} // @name ProfileRules

// ClockRule says how a profile sets one clock. Lengths are written as 90m, 24h,
// 30wm, 2wh, 15d or 7wd: minutes and hours by the wall or in office hours,
// calendar or working days.
type ClockRule struct {
	Kind   grievance.ClockKind `json:"kind" validate:"required" swaggertype:"string" enums:"acceptance,acknowledgement,first_contact,handling,sign_off,review,re_review,consent,jurisdiction,co_handling,order,duty"`
	Length calendar.Length     `json:"length" validate:"required" swaggertype:"string" example:"7d"`
	// By urgency, where it differs.
	ByGrade map[string]calendar.Length `json:"by_grade,omitempty" swaggertype:"object,string" example:"utilities:24h"`
	Starts  string                     `json:"starts" validate:"required" example:"accepted"`
	Stops   string                     `json:"stops" validate:"required" example:"opinion_approved"`
	Debtor  grievance.Role             `json:"debtor" validate:"required" swaggertype:"string" example:"handler"`
	// Whether a last day off ends on the next working day (Civil Code Art. 203).
	Rolls  bool   `json:"rolls" validate:"required"`
	Ladder string `json:"ladder" validate:"required" example:"day"`
	// The article, or what else it rests on.
	Source string `json:"source" validate:"required" example:"Art. 34"`
	// Whoever starts it says how long it is; length is what is usual.
	Given bool `json:"given,omitempty,omitzero"`
	// How it may be extended; absent: not at all.
	Extension *ExtensionRule `json:"extension,omitempty"`
	// Which suspensions stop it; it runs on in every other.
	Pauses []grievance.PauseCause `json:"pauses,omitempty" swaggertype:"array,string" enums:"hearing,expert_opinion,force_majeure,petitioner"`
} // @name ClockRule

// SigningRule says who signs what, one leader after another. What is absent
// holds for every case.
type SigningRule struct {
	Kinds     []grievance.SignOffKind `json:"kinds,omitempty" swaggertype:"array,string" enums:"closure,decline,withdrawal,extension,suspension,review,take_down,recusal"`
	Outcomes  []grievance.Outcome     `json:"outcomes,omitempty" swaggertype:"array,string" enums:"supported,explained,not_supported,mediated,redirected"`
	Urgencies []grievance.Urgency     `json:"urgencies,omitempty" swaggertype:"array,string" enums:"life_property,utilities,simple,ordinary,complex"`
	// Group petitions alone (Art. 20).
	Group bool `json:"group,omitempty,omitzero"`
	// Cases alone that a superior unit has listed (挂牌督办).
	Listed bool `json:"listed,omitempty,omitzero"`
	// At least so high an escalation.
	Level int `json:"level,omitzero" minimum:"1" maximum:"3"`
	// At least so much at stake, in yuan.
	Amount int64 `json:"amount,omitzero" minimum:"1"`
	// One to three: a leader of the nearest organ, its head, the head of the organ
	// above; or the leader in charge alone, for whom the head signs where there is none.
	Chain  []grievance.Signer `json:"chain" validate:"required" swaggertype:"array,string" enums:"leader,head,superior,sponsor"`
	Source string             `json:"source" validate:"required" example:"Art. 34"`
} // @name SigningRule

// ExtensionRule says how a clock may be extended.
type ExtensionRule struct {
	// At most so long each time, in days of either kind.
	Max    calendar.Length `json:"max" validate:"required" swaggertype:"string" example:"30d"`
	Times  int             `json:"times" validate:"required" minimum:"1" maximum:"9" example:"1"`
	Source string          `json:"source" validate:"required" example:"Art. 34"`
} // @name ExtensionRule

// Rung is one step of a ladder.
type Rung struct {
	// A part of the way to the due instant (50%), the due instant (0d), or after it
	// so many working days (1wd) or as long again as the clock (1x).
	At  string            `json:"at" validate:"required" example:"80%"`
	Act grievance.RungAct `json:"act" validate:"required" swaggertype:"string" enums:"remind,warn,breach,escalate"`
	// Whom it reaches: 1 the unit's head, 2 the superior unit, 3 the one above.
	Level int `json:"level,omitzero" minimum:"1" maximum:"3"`
} // @name Rung

func profileView(p *grievance.Profile) ProfileView {
	v := ProfileView{Name: p.Name, Version: p.Version, Rules: ProfileRules{
		DisputeDays: p.DisputeDays, Suspensions: p.Suspensions, Ladders: map[string][]Rung{},
	}}
	for _, r := range p.SignOffs {
		v.Rules.SignOffs = append(v.Rules.SignOffs, SigningRule(r))
	}
	for _, r := range p.Clocks {
		v.Rules.Clocks = append(v.Rules.Clocks, ClockRule{
			Kind: r.Kind, Length: r.Length, ByGrade: r.ByGrade, Starts: r.Starts, Stops: r.Stops, Debtor: r.Debtor,
			Rolls: r.Rolls, Ladder: r.Ladder, Source: r.Source, Given: r.Given, Extension: (*ExtensionRule)(r.Extension), Pauses: r.Pauses,
		})
	}
	for name, rungs := range p.Ladders {
		v.Rules.Ladders[name] = []Rung{}
		for _, r := range rungs {
			v.Rules.Ladders[name] = append(v.Rules.Ladders[name], Rung(r))
		}
	}
	return v
}

// profile is the profile of that name with these rules.
func (in ProfileRules) profile(name string) grievance.Profile {
	p := grievance.Profile{Name: name, DisputeDays: in.DisputeDays, Suspensions: in.Suspensions, Ladders: map[string][]grievance.Rung{}}
	for _, r := range in.SignOffs {
		p.SignOffs = append(p.SignOffs, grievance.SigningRule(r))
	}
	for _, r := range in.Clocks {
		p.Clocks = append(p.Clocks, grievance.ClockRule{
			Kind: r.Kind, Length: r.Length, ByGrade: r.ByGrade, Starts: r.Starts, Stops: r.Stops, Debtor: r.Debtor,
			Rolls: r.Rolls, Ladder: r.Ladder, Source: r.Source, Given: r.Given, Extension: (*grievance.ExtensionRule)(r.Extension), Pauses: r.Pauses,
		})
	}
	for name, rungs := range in.Ladders {
		p.Ladders[name] = nil
		for _, r := range rungs {
			p.Ladders[name] = append(p.Ladders[name], grievance.Rung(r))
		}
	}
	return p
}

func profileVersionView(p office.StoredProfile) ProfileVersionView {
	return ProfileVersionView{
		Name: p.Name, Version: p.Version, CreatedAt: p.CreatedAt, RebaseAt: p.RebaseAt, RebasedAt: p.RebasedAt,
	}
}
