package grievance

import (
	"fmt"
	"slices"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
)

// Notice is a written notice (告知书 / 意见书) to the petitioner. A window that
// depends on the petitioner starts when it is served.
type Notice struct {
	ID         NoticeID
	CaseID     CaseID
	N          int
	Round      int
	Kind       NoticeKind
	Number     string // 文号
	UnitID     UnitID
	IssuedAt   time.Time
	IssuedBy   UserID
	ServedAt   *time.Time
	ServedHow  string
	RecordedAt *time.Time // when the service was written down
	ServedBy   UserID

	TemplateVersion int    // of the template that it is made with
	Profile         string // of the case when it was issued
	UnitName        string // in full, as it was when the notice was issued
	OtherUnitID     UnitID // to which the case went, or to which the petitioner may turn
	OtherName       string
	RemedyDays      int    // after its service, within which the petitioner may act against it; 0 where nothing can be done
	RefersTo        string // 文号 of the final opinion that a decline on the same facts goes by
}

func (n *Notice) fact() *NoticeFact {
	f := &NoticeFact{N: n.N, Kind: n.Kind, Number: n.Number, How: n.ServedHow, RefersTo: n.RefersTo}
	if n.ServedAt != nil {
		f.ServedAt = *n.ServedAt
	}
	return f
}

// Service is how and when a notice was served (送达), and what proves it.
type Service struct {
	How   string
	At    time.Time // zero for now
	Proof string
}

// check adds what is wrong with a service, if there is one.
func (s *Service) check(m Moment, f *faults, pointer string) {
	if s == nil {
		return
	}
	f.check(slices.Contains(ServedHow, s.How), pointer+"/how", "service.unknown", "请选择送达方式")
	f.check(!s.At.After(m.Now), pointer+"/at", "service.future", "送达时间不能晚于现在")
	f.checkText(s.Proof, pointer+"/proof", MaxText, false)
}

// issue makes a notice of the case by the unit whose desk holds it, with words of
// its own where there are any.
func (c *Case) issue(m Moment, kind NoticeKind, words string) (*Notice, []TextRef) {
	return c.issueBy(m, c.LeadUnitID, kind, words)
}

// issueBy is issue for another unit.
func (c *Case) issueBy(m Moment, unit UnitID, kind NoticeKind, words string) (*Notice, []TextRef) {
	c.NoticeCount++
	year := calendar.DateOf(m.Now).Year
	n := &Notice{
		ID: m.Mint.ID(), CaseID: c.ID, N: c.NoticeCount, Round: c.Round, Kind: kind,
		Number: fmt.Sprintf("%s〔%d〕%s-%d", marks[kind], year, c.ReceiptNumber, c.NoticeCount),
		UnitID: unit, IssuedAt: m.Now, IssuedBy: m.By.UserID, TemplateVersion: NoticeTemplates[kind],
	}
	c.letterhead(m.Book, n)
	c.notices = append(c.notices, n)
	c.changes.Notices = append(c.changes.Notices, n)
	return n, c.writeAll(m, true, textIn{TextNotice, words})
}

// Serve records that a notice was served, by who works on the case or by the
// desk that issued it. The first service of any notice but that of a forward
// stops the acceptance clock, at the instant of recording: whoever is told the
// answer has been told that the case was taken on.
// NotFound for an unknown notice; Conflict when it was served already.
func (c *Case) Serve(m Moment, number int, in Service) error {
	n, by, err := c.permitOn(m, OpServe, number)
	if err != nil {
		return err
	}
	return c.serve(m, by, n, in)
}

// permitOn is permit for an operation on a notice, which a clerk of the desk
// that issued it may do too, wherever the case is now. NotFound for an unknown
// notice.
func (c *Case) permitOn(m Moment, op Operation, number int) (*Notice, Post, error) {
	who, n := permissions[op].who, c.notice(number)
	if n != nil {
		issuer := func(_ *Case, m Moment) (Post, bool) { return deskClerk(m, n.UnitID, c.deskRole()) }
		who = append(slices.Clip(who), issuer)
	}
	by, err := c.permitTo(m, op, who)
	if err == nil && n == nil {
		err = ErrNotFound
	}
	return n, by, err
}

func (c *Case) notice(number int) *Notice {
	for _, n := range c.notices {
		if n.N == number {
			return n
		}
	}
	return nil
}

func (c *Case) serve(m Moment, by Post, n *Notice, in Service) error {
	if n.ServedAt != nil {
		return Refuse(Conflict, "notice.served", "该文书已登记送达")
	}
	var f faults
	in.check(m, &f, "")
	if err := f.err(); err != nil {
		return err
	}
	at := in.At.UTC().Truncate(time.Microsecond)
	if in.At.IsZero() {
		at = m.Now
	}
	if at.Before(n.IssuedAt) {
		return InvalidField("/at", "service.before_issue", "送达时间不能早于文书制作时间")
	}
	return c.served(m, by, n, in, at)
}

func (c *Case) served(m Moment, by Post, n *Notice, in Service, at time.Time) error {
	recorded := m.Now
	n.ServedAt, n.ServedHow, n.RecordedAt, n.ServedBy = &at, in.How, &recorded, m.By.UserID
	c.changes.Notices = once(c.changes.Notices, n)
	f := Facts{Notice: n.fact(), Texts: c.writeAll(m, false, textIn{TextProof, in.Proof})}
	if n.Kind.answers() {
		stopped, err := c.stop(m, Met, Acceptance)
		if err != nil {
			return err
		}
		f.Stopped = stopped
	}
	return c.recordAbout(m, by, EvServed, at, f)
}

// serveNow records a service that was given together with the decision.
func (c *Case) serveNow(m Moment, by Post, n *Notice, s *Service) error {
	if s == nil {
		return nil
	}
	now := *s
	now.At = m.Now
	return c.served(m, by, n, now, m.Now)
}

// toldAt is when the petitioner was told of the answer by a document of a kind,
// nil while it is not served. An answer given on the spot has no document: then it
// is when the case was closed.
func (c *Case) toldAt(kind NoticeKind) *time.Time {
	if doc := c.newest(kind); doc != nil {
		return doc.ServedAt
	}
	return c.ClosedAt
}

// newest gives the newest notice of a kind in this round, or nil.
func (c *Case) newest(kind NoticeKind) *Notice {
	var last *Notice
	for _, n := range c.notices {
		if n.Kind == kind && n.Round == c.Round && (last == nil || n.N > last.N) {
			last = n
		}
	}
	return last
}
