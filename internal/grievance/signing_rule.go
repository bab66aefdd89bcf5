package grievance

import (
	"fmt"
	"slices"
	"strings"
)

// Signer says which leader a step of a sign-off needs.
type Signer string

// The signers: any leader of the nearest organ, its head, and the head of the
// next organ above; or the leader in charge of the case (包案), who signs alone,
// and for whom the head does where there is none who may.
const (
	SignerLeader   Signer = "leader"
	SignerHead     Signer = "head"
	SignerSuperior Signer = "superior"
	SignerSponsor  Signer = "sponsor"
)

// Signers lists those of a chain of several, the lowest first: it goes upwards.
var Signers = []Signer{SignerLeader, SignerHead, SignerSuperior}

// maxChain is how many leaders sign one request at most.
const maxChain = 3

// SigningChain is who signs one request, in order, as words: of each step the
// signer and the unit of the seat, "leader:UNIT superior:UNIT".
type SigningChain string

// chainStep is one step: as whom, and whose seat.
type chainStep struct {
	as   Signer
	unit UnitID
}

func (s chainStep) seat() Post {
	return Post{UnitID: s.unit, Role: RoleLeader, Head: s.as == SignerHead || s.as == SignerSuperior}
}

// bySponsor reports whether the leader in charge signs in person.
func (c SigningChain) bySponsor() bool {
	return strings.HasPrefix(string(c), string(SignerSponsor)+":")
}

// steps reads the chain. Units are left out of those that were made before
// several could sign.
func (c SigningChain) steps() (list []chainStep) {
	for _, word := range strings.Fields(string(c)) {
		as, unit, _ := strings.Cut(word, ":")
		id, _ := ParseID[Unit](unit)
		list = append(list, chainStep{Signer(as), id})
	}
	return list
}

// Signers gives who signs each step.
func (c SigningChain) Signers() (list []Signer) {
	for _, s := range c.steps() {
		list = append(list, s.as)
	}
	return list
}

func chainOf(list []chainStep) SigningChain {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = string(s.as) + ":" + s.unit.String()
	}
	return SigningChain(strings.Join(words, " "))
}

// SigningRule says who signs what: a chain of one to three leaders, in order. An
// empty condition holds for every case; Level is the least level that an
// escalation of the case has reached, Amount the least that is at stake, in yuan.
type SigningRule struct {
	Kinds     []SignOffKind `json:"kinds,omitempty"`
	Outcomes  []Outcome     `json:"outcomes,omitempty"`
	Urgencies []Urgency     `json:"urgencies,omitempty"`
	Group     bool          `json:"group,omitempty"`  // group petitions alone (Art. 20)
	Listed    bool          `json:"listed,omitempty"` // listed cases (挂牌) alone
	Level     int           `json:"level,omitempty"`
	Amount    int64         `json:"amount,omitempty"`
	Chain     []Signer      `json:"chain"`
	Source    string        `json:"source"`
}

// Chain gives who signs a request about a case, in order: by the first rule of
// the profile that fits, else the head an extension (Art. 34) and a recusal (Art. 28), and a leader
// everything else.
func (p *Profile) Chain(c *Case, s SignOff) []Signer {
	if p != nil {
		for _, r := range p.SignOffs {
			if r.fits(c, s) {
				return r.Chain
			}
		}
	}
	if s.Kind == SignExtension || s.Kind == SignRecusal {
		return []Signer{SignerHead}
	}
	return []Signer{SignerLeader}
}

func (r SigningRule) fits(c *Case, s SignOff) bool {
	return among(s.Kind, r.Kinds) && among(s.Outcome, r.Outcomes) && among(c.Urgency, r.Urgencies) &&
		(c.GroupPetition || !r.Group) && (c.ListedAt != nil || !r.Listed) && c.EscalatedLevel >= r.Level && c.Amount >= r.Amount
}

// among reports whether x is listed, or nothing is.
func among[T comparable](x T, list []T) bool { return len(list) == 0 || slices.Contains(list, x) }

// checkSigning refuses a chain that nobody could walk to its end, and a rule by
// which somebody below the head would extend a clock.
func (p *Profile) checkSigning(f *faults) {
	for i, r := range p.SignOffs {
		at := fmt.Sprintf("/sign_offs/%d", i)
		f.check(len(r.Chain) >= 1 && len(r.Chain) <= maxChain, at+"/chain", "profile.chain_length", "签批须由一至三级领导依次进行")
		f.check(r.Source != "", at+"/source", "profile.source_missing", "须注明依据")
		f.check(r.Level >= 0 && r.Level <= MaxLevel, at+"/level", "profile.chain_level", "升级层级须为 1 至 3")
		f.check(r.Amount >= 0, at+"/amount", "profile.chain_amount", "金额不能为负数")
		for n, s := range r.Chain {
			here, rank := fmt.Sprintf("%s/chain/%d", at, n), slices.Index(Signers, s)
			if s == SignerSponsor {
				f.check(len(r.Chain) == 1, here, "profile.chain_sponsor", "包案领导签批的，不再经其他领导")
				continue
			}
			f.check(rank >= 0, here, "profile.signer_unknown", "没有这种签批人")
			f.check(n == 0 || rank < 0 || slices.Index(Signers, r.Chain[n-1]) < rank, here, "profile.chain_order", "签批须由下而上，每级一次")
		}
		f.check(!among(SignExtension, r.Kinds) || len(r.Chain) == 0 || r.Chain[0] == SignerHead, at+"/chain", "profile.chain_head", "延期须由负责人签批（条例第三十四条）")
		for _, o := range r.Outcomes {
			f.check(slices.Contains(Outcomes, o), at+"/outcomes", "outcome.unknown", "没有这种办理结果："+string(o))
		}
		for _, u := range r.Urgencies {
			f.check(slices.Contains(Urgencies, u), at+"/urgencies", "profile.grade_unknown", "没有这种等级："+string(u))
		}
		for _, k := range r.Kinds {
			f.check(slices.Contains(SignOffKinds, k), at+"/kinds", "profile.kind_unknown", "没有这种签批事项："+string(k))
		}
	}
}
