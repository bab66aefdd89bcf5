package api

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func TestEveryKindOfChangeHasItsWords(t *testing.T) {
	t.Parallel()
	seen := map[Wording]grievance.EventKind{}
	for _, kind := range changeKinds {
		w := wordsOfChange(kind)
		if w.Zh == string(kind) || !hasHan(w.Zh) || hasHan(w.En) {
			t.Errorf("%s is worded %+v", kind, w)
		}
		if other := seen[w]; other != "" {
			t.Errorf("%s and %s are worded alike", kind, other)
		}
		seen[w] = kind
	}
	if w := wordsOfChange("from_the_future"); w != (Wording{"from_the_future", "from_the_future"}) {
		t.Errorf("a kind of a newer program is worded %+v", w)
	}
}

// audited is a reformed town with readers of its log at two levels.
type audited struct {
	*reform
	tokens map[string]string
}

func newAudited(t *testing.T, dialect string) *audited {
	a := &audited{newReform(t, dialect), map[string]string{}}
	sibling := a.town.unit("430102004", "东湖街道", grievance.LevelTownship, a.county.ID)
	for name, post := range map[string]office.NewAppointment{
		"top_inspector": {UnitID: a.county.ID, Role: grievance.RoleInspector}, "inspector": {UnitID: a.township.ID, Role: grievance.RoleInspector},
		"local": {UnitID: a.township.ID, Role: grievance.RoleAdmin}, "neighbour": {UnitID: sibling.ID, Role: grievance.RoleAdmin},
	} {
		a.town.user(name, post.UnitID, post.Role)
		a.tokens[name] = a.login(name).AccessToken
	}
	a.tokens["admin"] = a.admin
	for _, c := range changing {
		a.clock.Advance(time.Second)
		c.do(a.reform)
	}
	return a
}

func (a *audited) log(who, query string) ChangePage {
	a.t.Helper()
	return ask[ChangePage](a.town, a.tokens[who], "GET", v1+"/changes?limit=200"+query, "", 200)
}

func kindsOf(p ChangePage) (kinds []string) {
	for _, v := range p.Items {
		kinds = append(kinds, string(v.Kind))
	}
	return kinds
}

func TestWhoReadsWhichChanges(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		a := newAudited(t, dialect)
		all := a.log("admin", "&count=true")
		if n := len(a.every()); len(all.Items) != n || *all.Total != int64(n) {
			t.Errorf("of a root: %d of %d, counted %d", len(all.Items), n, *all.Total)
		}
		if got := a.log("top_inspector", ""); len(got.Items) != len(all.Items) {
			t.Errorf("the inspector of the root reads %d of %d", len(got.Items), len(all.Items))
		}
		local := kindsOf(a.log("local", ""))
		for _, kind := range []string{"unit_renamed", "unit_merged", "user_disabled", "password_changed", "feed_opened", "appointed"} {
			if !slices.Contains(local, kind) {
				t.Errorf("the township's administrator does not read of %s", kind)
			}
		}
		for _, v := range a.log("local", "").Items {
			if v.Subject.Kind != "unit" && v.Subject.Kind != "user" || v.Subject.ID == a.county.ID.String() {
				t.Errorf("the township's administrator reads of the %s %s: %s", v.Subject.Kind, v.Subject.Name, v.Kind)
			}
		}
		if got := kindsOf(a.log("inspector", "")); !slices.Equal(got, local) {
			t.Errorf("the township's inspector reads %v, its administrator %v", got, local)
		}
		if got := kindsOf(a.log("neighbour", "")); !slices.Equal(got, []string{"appointed", "user_created", "unit_created"}) {
			t.Errorf("the neighbour reads %v", got)
		}
		body := `{"username":"resident","name":"","password":"correct horse","petitioner":true}`
		ask[UserView](a.town, a.tokens["neighbour"], "POST", v1+"/users", body, 201)
		if got := a.log("neighbour", "&kind=user_created").Items; len(got) != 2 || got[0].Subject.Name != "" || got[0].Actor == nil {
			t.Errorf("of their own deeds: %+v", got)
		}
		if got := a.log("local", "&kind=user_created&count=true"); *got.Total != int64(len(got.Items)) || len(got.Items) == 0 {
			t.Errorf("counted %d, listed %d", *got.Total, len(got.Items))
		}
		a.refused(a.clerk, "GET", v1+"/changes", "", 403, "auth.role")
		a.refused("", "GET", v1+"/changes", "", 401, "auth.required")
	})
}

func TestChangesAreFiltered(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		a := newAudited(t, dialect)
		admin := ask[Me](a.town, a.admin, "GET", v1+"/auth/me", "", 200).ID
		today, tomorrow := storetest.Start.Format(time.DateOnly), storetest.Start.AddDate(0, 0, 2).Format(time.DateOnly)
		for query, want := range map[string]string{
			"&subject=book": "profile_rebase_ordered profile_changed office_hours_changed calendar_published " +
				"responsibilities_changed responsibilities_changed categories_changed",
			"&subject=unit&subject_id=" + a.unit:      "unit_merged unit_renamed unit_created",
			"&subject_id=" + a.unit + "&actor=system": "",
			"&kind=feed_opened,feed_revoked":          "feed_revoked feed_opened",
			"&kind=unit_renamed&actor=" + admin:       "unit_renamed",
			"&kind=unit_renamed&from=" + today:        "unit_renamed",
			"&kind=unit_renamed&from=" + tomorrow:     "",
			"&kind=unit_renamed&to=" + tomorrow:       "unit_renamed",
		} {
			if got := strings.Join(kindsOf(a.log("admin", query)), " "); got != want {
				t.Errorf("%s lists %q, want %q", query, got, want)
			}
		}
		for _, v := range a.log("admin", "&actor=system").Items {
			if v.Actor != nil || v.Post == nil || v.Post.Role != grievance.RoleSystem {
				t.Errorf("by the system: %+v", v)
			}
		}
		for query, code := range map[string]string{
			"subject=case": "request.parameter", "kind=registered": "request.parameter", "actor=boss": "request.parameter",
			"subject_id=7": "request.parameter", "what=1": "request.unknown_parameter", "cursor=x": "request.cursor",
		} {
			a.refused(a.admin, "GET", v1+"/changes?"+query, "", 400, code)
		}
	})
}

// By pages the log is the same as whole, though things happen meanwhile.
func TestChangesByPages(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		a := newAudited(t, dialect)
		whole, cursor := a.log("admin", "").Items, ""
		var ids []string
		for range len(whole) {
			page := ask[ChangePage](a.town, a.admin, "GET", v1+"/changes?limit=3"+cursor, "", 200)
			for _, v := range page.Items {
				ids = append(ids, v.ID)
			}
			ask[UnitView](a.town, a.admin, "POST", v1+"/units/"+a.township.ID.String()+"/rename", fmt.Sprintf(`{"name":"街道%d"}`, len(ids)), 200)
			if cursor = "&cursor=" + page.Next; page.Next == "" {
				break
			}
		}
		if len(ids) != len(whole) {
			t.Fatalf("%d by pages, %d whole", len(ids), len(whole))
		}
		for i, v := range whole {
			if ids[i] != v.ID {
				t.Fatalf("place %d: %s by pages, %s whole", i, ids[i], v.ID)
			}
		}
	})
}

// Events hold ids; who reads them is told the names of now.
func TestChangesNameWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		a := newAudited(t, dialect)
		v := a.log("admin", "&kind=unit_merged").Items[0]
		if v.ID != "unit/"+a.unit+"/3" || v.Seq != 3 || v.Subject.Name != "综治办" || v.Words != (Wording{"单位撤并", "unit merged"}) ||
			v.Actor.Name != "某人" || v.Post.UnitName != "芙蓉区" || v.LedgerPosition != nil {
			t.Errorf("%+v", v)
		}
		if want := (ChangeDetail{"/successor", a.township.ID.String(), "朝阳街道"}); len(v.Details) != 1 || v.Details[0] != want {
			t.Errorf("details %+v", v.Details)
		}
		lines := a.log("admin", "&kind=responsibilities_changed").Items
		if got := lines[1].Details; len(got) != 3 || got[2] != (ChangeDetail{"/lines/0/unit", a.township.ID.String(), "朝阳街道"}) {
			t.Errorf("details %+v", got)
		}
		if got := lines[0].Details; len(got) != 3 || got[2].Pointer != "/noted/0/unit" {
			t.Errorf("of a note: %+v", got)
		}
		own := a.log("admin", "&kind=password_changed").Items[0]
		if own.Post != nil || own.Actor.ID != own.Subject.ID || len(own.Details) != 0 {
			t.Errorf("of one's own password: %+v", own)
		}
	})
}

// The log as a spreadsheet has every event, and no formula.
func TestChangesAsASpreadsheet(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		a := newAudited(t, dialect)
		a.clock.Advance(time.Second)
		ask[UnitView](a.town, a.admin, "POST", v1+"/units/"+a.township.ID.String()+"/rename", `{"name":"=HYPERLINK(1)"}`, 200)
		res := a.call("GET", v1+"/changes", "", "Authorization: Bearer "+a.admin, "Accept: text/csv")
		text := string(bodyOf(t, res))
		if res.Header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(text, "\uFEFF记录时间（北京时间）,") {
			t.Fatalf("%v: %.200s", res.Header, text)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF"))).ReadAll()
		must(t, err)
		all := a.log("admin", "").Items
		if len(rows) != len(all)+1 {
			t.Fatalf("%d rows of %d events", len(rows)-1, len(all))
		}
		for i, v := range all {
			row := rows[i+1]
			if row[0] != inBeijing(v.RecordedAt) || row[2] != v.Words.Zh || row[3] != string(v.Kind) || row[6] != v.Subject.ID {
				t.Errorf("row %d is %v, the event %+v", i, row, v)
			}
			for _, cell := range row {
				if strings.HasPrefix(cell, "=") {
					t.Errorf("row %d has a formula: %s", i, cell)
				}
			}
		}
		if row := rows[1]; row[2] != "单位更名" || row[4] != "单位" || row[5] != "'=HYPERLINK(1)" || row[7] != "某人" || row[9] != "芙蓉区admin" || row[10] != "name==HYPERLINK(1)" {
			t.Errorf("%v", row)
		}
	})
}
