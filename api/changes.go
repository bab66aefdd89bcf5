package api

import (
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/changes"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
)

// ChangeView is an event of the log of changes: somebody changed what Huiyin is
// set to, or what somebody may do.
type ChangeView struct {
	// Names the event for good: the kind of its subject, the subject, its number.
	ID      string        `json:"id" example:"user/01939e7c-0000-7000-8000-000000000001/3"`
	Subject ChangeSubject `json:"subject"`
	// Its number among the events of the subject, from 1 and without gaps.
	Seq  int64               `json:"seq" example:"3"`
	Kind grievance.EventKind `json:"kind" swaggertype:"string" example:"password_set"`
	// What the kind means.
	Words Wording `json:"words"`
	// Absent for the system: what the commands of the binary do, an import, an upgrade.
	Actor *PersonRef `json:"actor,omitempty"`
	// The post in which the actor acted; absent for what users do for themselves.
	Post       *PostView `json:"post,omitempty"`
	AboutAt    time.Time `json:"about_at"`
	RecordedAt time.Time `json:"recorded_at"`
	// Its place in the ledger of the whole record; absent until it has one.
	LedgerPosition *int64         `json:"ledger_position,omitempty"`
	Details        []ChangeDetail `json:"details"`
} // @name Change

// Wording says something in both languages.
type Wording struct {
	Zh string `json:"zh" example:"重设密码"`
	En string `json:"en" example:"password set"`
} // @name Wording

// ChangeSubject is what a change is about.
type ChangeSubject struct {
	Kind string `json:"kind" example:"user"`
	ID   string `json:"id" format:"uuid"`
	// What it is called now; absent for accounts of the public, whose names nobody keeps.
	Name string `json:"name,omitempty" example:"李梅"`
} // @name ChangeSubject

// ChangeDetail is one member of what an event says.
type ChangeDetail struct {
	// Where it stands in the event, as a JSON pointer (RFC 6901).
	Pointer string `json:"pointer" example:"/unit"`
	Value   string `json:"value" example:"01939e7c-0000-7000-8000-000000000001"`
	// Where the value is a unit or a member of staff: what they are called now.
	Name string `json:"name,omitempty" example:"朝阳街道办事处"`
} // @name ChangeDetail

// ChangePage is a page of the log of changes.
type ChangePage struct {
	Items []ChangeView `json:"items"`
	// The cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
	// How many there are on all pages; only with count=true.
	Total *int64 `json:"total,omitempty"`
} // @name ChangePage

// bySystem is the one word of ?actor= that is no user.
const bySystem = "system"

// changeKinds are all kinds of events that the log may hold.
var changeKinds = slices.Concat(office.EventKinds, changes.Kinds)

// listChanges lists the log of changes, the newest first.
//
//	@Summary		变更记录 / changes of configuration and permission
//	@Description	机构、人员、任职、代理、密码、密钥、日历订阅、分类、权责清单、办理模式和日历的每次变更，最近的在前；事件只存编号，名称为现在的名称。根单位的管理员和纪检看到全部；其他管理员和纪检看到本单位及下级单位、曾在其中任职的人员的变更，以及本人所作的变更。日期为记录时的北京日期，含首尾。Accept: text/csv 得到可用电子表格打开的文件，含全部结果，不分页。 Every change of units, users, appointments, deputies, passwords, keys, feeds, categories, responsibilities, profiles and the calendar, the newest first. Events hold ids alone; names are those of now. Administrators and inspectors of a root see all; others what is about units of their subtree and about users who hold or have held a post there, and what they did themselves. Dates are Beijing's and of recording, both included. As text/csv it has all of them, without pages.
//	@Tags			organisation
//	@Produce		json,text/csv
//	@Param			subject		query	string	false	"what they are about"	enums(unit,user,book,keys)
//	@Param			subject_id	query	string	false	"the unit or the user"	format(uuid)
//	@Param			kind		query	string	false	"kinds, separated by commas"	example(password_set,appointed)
//	@Param			actor		query	string	false	"who did it: a user's id, or system"
//	@Param			from		query	string	false	"first day"	format(date)
//	@Param			to			query	string	false	"last day"	format(date)
//	@Param			count		query	bool	false	"count them all"
//	@Param			limit		query	int		false	"how many"	minimum(1)	maximum(200)	default(50)
//	@Param			cursor		query	string	false	"where the page begins"
//	@Success		200	{object}	ChangePage
//	@Failure		400,401,403,406,422,503	{object}	Problem
//	@Security		bearer
//	@Router			/api/v1/changes [get]
func (s *server) listChanges(c echo.Context) error {
	book, err := s.Office.Book(c.Request().Context())
	if err != nil {
		return err
	}
	if err := acceptable(c); err != nil {
		return err
	}
	q := readQuery(c)
	log := changeLog{server: s, book: book, scope: store.ChangesFor(actorOf(c), book, auditors.roles...), filter: changeFilter(q)}
	limit, after, counted := q.limit(), cursorParam[store.ChangePosition](q, "changes"), yes(q.boolean("count"))
	if err := q.err(); err != nil {
		return err
	}
	c.Response().Header().Add("Vary", "Accept")
	if wantsCSV(c) {
		return log.sheet(c)
	}
	var page ChangePage
	found, err := log.read(c.Request().Context(), after, limit+1, counted, &page.Total)
	if err != nil {
		return err
	}
	found, last := cut(found, limit, store.PositionOfChange)
	if page.Items, err = log.views(found); err != nil {
		return err
	}
	page.Next, err = nextPage(c, "changes", last)
	return reply(c, page, err)
}

func changeFilter(q *query) store.ChangeFilter {
	f := store.ChangeFilter{
		SubjectKind: enumParam(q, "subject", changes.SubjectKinds...),
		SubjectID:   grievance.CaseID(idParam[grievance.User](q, "subject_id")),
		Kinds:       enumsParam(q, "kind", changeKinds...), Recorded: q.period("from", "to"),
	}
	if q.values.Get("actor") == bySystem {
		f.BySystem = enumParam(q, "actor", bySystem) == bySystem
	} else {
		f.Actor = idParam[grievance.User](q, "actor")
	}
	return f
}

// view shows an event with the names of now.
func (l changeLog) view(e grievance.Event) (ChangeView, error) {
	details, err := l.details(e.Body)
	v := ChangeView{
		ID:      e.SubjectKind + "/" + e.SubjectID.String() + "/" + strconv.FormatInt(e.Seq, 10),
		Subject: ChangeSubject{Kind: e.SubjectKind, ID: e.SubjectID.String(), Name: l.nameOf(e.SubjectID.String())},
		Seq:     e.Seq, Kind: e.Kind, Words: wordsOfChange(e.Kind), Actor: optionalPerson(l.book, e.ActorID),
		AboutAt: e.AboutAt, RecordedAt: e.RecordedAt, LedgerPosition: e.LedgerPos, Details: details,
	}
	if e.Post != (grievance.Post{}) {
		post := postView(l.book, e.Post)
		v.Post = &post
	}
	return v, err
}

// wordsOfChange says what a kind of event means; one that a newer program wrote
// is called by its code.
func wordsOfChange(kind grievance.EventKind) Wording {
	id := "change." + string(kind)
	w := Wording{Zh: chinese.say(id, nil), En: english.say(id, nil)}
	if w.Zh == "" || w.En == "" {
		return Wording{string(kind), string(kind)}
	}
	return w
}
