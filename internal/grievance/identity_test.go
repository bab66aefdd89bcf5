package grievance

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestIdentity compares who is shown what in which state with the tables in
// testdata/identity.txt, which are written by -update and read by people.
func TestIdentity(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	out.WriteString(identityLegend)
	for _, reason := range RevealReasons {
		for _, confidential := range []bool{false, true} {
			identityTable(t, &out, reason, confidential)
		}
	}
	golden(t, "testdata/identity.txt", out.Bytes())
}

const identityLegend = `Who is shown the parties of a case for which reason, in which state. The actors,
the scenes and the words are those of states.txt; "hidden" is refused because the
case is confidential.
`

func identityTable(t *testing.T, out *bytes.Buffer, reason Reason, confidential bool) {
	t.Helper()
	of := ""
	if confidential {
		of = ", in a confidential case"
	}
	fmt.Fprintf(out, "\n## %s%s: %s\n\n%-16s", reason, of, joined(purposes[reason].Fields), "")
	stages := make([]*story, len(scenes))
	for i, sc := range scenes {
		fmt.Fprintf(out, " %-10s", sc.name)
		stages[i] = stage(t, sc, OpReveal)
		stages[i].rec.row.Confidential = confidential
	}
	for _, a := range actors {
		row := ""
		for _, s := range stages {
			row += fmt.Sprintf(" %-10s", shownTo(copyOf(s), a.name, reason))
		}
		if strings.ContainsFunc(row, func(r rune) bool { return r != ' ' && r != '-' }) {
			fmt.Fprintf(out, "\n%-16s%s", a.name, row)
		}
	}
	out.WriteString("\n")
}

// shownTo tells in a word whether somebody is shown something.
func shownTo(s *story, who string, reason Reason) string {
	code := CodeOf(s.try(who, reveal(reason)))
	if code == "case.confidential" {
		return "hidden"
	}
	return shortCodes[code]
}

// Somebody is shown what the reason needs, and the event tells just that.
func TestARevealShowsWhatTheReasonNeeds(t *testing.T) {
	t.Parallel()
	all := Party{N: 1, Kind: Petitioner, Name: "张三丰", Phone: "13812345678", IDNumber: "430102199001011234", Address: "霁川镇上渡村"}
	about := Party{N: 2, Kind: PersonNamed, Name: "李四", Phone: "13900000000"}
	want := map[Reason][]Party{
		ToContact:     {{N: 1, Kind: Petitioner, Name: all.Name, Phone: all.Phone}},
		ToIdentify:    {{N: 1, Kind: Petitioner, Name: all.Name, IDNumber: all.IDNumber}},
		ToServe:       {{N: 1, Kind: Petitioner, Name: all.Name, Address: all.Address}},
		ToVisit:       {{N: 1, Kind: Petitioner, Name: all.Name, Address: all.Address}},
		ToFollowUp:    {{N: 1, Kind: Petitioner, Name: all.Name, Phone: all.Phone}},
		ToVerifyNamed: {{N: 2, Kind: PersonNamed, Name: about.Name}},
	}
	for reason, parties := range want {
		s := answered(t, petition())
		who := "clerk"
		if reason == ToVisit {
			s = inHandling(t, newTestOffice(t))
			who = "handler"
		}
		var shown Shown
		s.does(who, func(c *Case, m Moment) (err error) {
			shown, err = c.Reveal(m, Revealing{reason})
			return err
		})
		var got []Party
		for _, p := range []Party{all, about} {
			if v, ok := shown.Show(p); ok {
				got = append(got, v)
			}
		}
		if !reflect.DeepEqual(got, parties) {
			t.Errorf("%s shows %+v, want %+v", reason, got, parties)
		}
		e := s.rec.events[len(s.rec.events)-1]
		if f, err := ReadFacts(e); err != nil || e.Kind != EvRevealed || f.Reason != reason || f.Shown == nil || !reflect.DeepEqual(*f.Shown, shown) || e.Post.Role == "" {
			t.Errorf("%s: the event %s in the post %+v says %+v (%v)", reason, e.Kind, e.Post, f, err)
		}
	}
}

// A helping unit goes there while it helps, the leader in charge meets the
// petitioner while there is one, and neither after.
func TestWhoHelpsIsShownWhereToGo(t *testing.T) {
	t.Parallel()
	s := inHandling(t, newTestOffice(t)).does("clerk", askToHelp("bureau"))
	s.does("bureau_handler", reveal(ToVisit)).refuses("bureau_handler", "case.not_permitted", reveal(ToContact)).
		refuses("hill_handler", "case.not_permitted", reveal(ToVisit))
	s.does("bureau_handler", help(1)).refuses("bureau_handler", "case.not_permitted", reveal(ToVisit))
	s.refuses("leader", "case.not_permitted", reveal(ToContact)).does("county_leader", sponsorBy("leader")).
		does("leader", reveal(ToContact)).does("leader", reveal(ToVisit)).refuses("leader", "case.not_permitted", reveal(ToIdentify))
	s.does("handler", submit).does("county_leader", approve(1)).refuses("leader", "case.state", reveal(ToContact))
}

// The handler serves the answer after the closure, and is shown to whom until then.
func TestTheStepEndsWithTheService(t *testing.T) {
	t.Parallel()
	s := inHandling(t, newTestOffice(t)).does("handler", submit).does("leader", approve(1))
	n := s.rec.row.NoticeCount
	s.refuses("handler", "case.state", reveal(ToServe)).does("handler", address(n)).
		refuses("handler", "case.state", func(c *Case, m Moment) error {
			_, err := c.Address(m, n, Revealing{ToContact})
			return err
		})
	s.does("clerk", serve(n)).refuses("handler", "case.state", address(n)).does("clerk", address(n))
}

// Whom a case is about is shown nobody, in clear or masked, whatever the post.
func TestWhomItIsAboutIsShownNothing(t *testing.T) {
	t.Parallel()
	in := petition()
	in.Others = []Party{{Kind: PersonNamed, Name: "钱八", User: userID("clerk_b")}}
	s := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", in)
	for _, reason := range RevealReasons {
		if err := s.try("clerk_b", reveal(reason)); CodeOf(err) == "" {
			t.Errorf("%s: shown to the person named", reason)
		}
	}
	s.does("clerk", reveal(ToVerifyNamed))
	for _, p := range s.rec.parties {
		v := s.c().Masked(p, s.o.moment("clerk_b", s.now).By, true)
		for _, f := range []PartyField{PartyName, PartyPhone, PartyIDNumber, PartyAddress} {
			if got := *v.field(f); got != "" && got != hidden {
				t.Errorf("the person named sees %q", got)
			}
		}
	}
}

func TestWhatAReaderSeesWithoutAsking(t *testing.T) {
	t.Parallel()
	complains := Party{Kind: Petitioner, Name: "张三丰", Phone: "13812345678"}
	about := Party{Kind: PersonNamed, Name: "李四"}
	for name, tt := range map[string]struct {
		reader       string
		inside       bool
		confidential bool
		of           Party
		want         string
	}{
		"who works on it":                           {"handler", true, false, complains, "张**"},
		"the petitioner":                            {"petitioner", false, false, complains, "张**"},
		"a grid worker":                             {"grid_worker", false, false, complains, "张**"},
		"of a confidential case":                    {"clerk", true, true, complains, hidden},
		"the petitioner of a confidential case":     {"petitioner", false, true, complains, hidden},
		"whom it is about":                          {"handler", true, false, about, "李**"},
		"whom it is about, confidential":            {"handler", true, true, about, "李**"},
		"whom it is about, to who sent it in":       {"courier", false, false, about, "李**"},
		"whom it is about, to the petitioner":       {"petitioner", false, false, about, "李**"},
		"whom it is about, to a grid worker beside": {"grid_worker", false, false, about, hidden},
		"whom it is about, to nobody":               {"anonymous", false, false, about, hidden},
	} {
		in := petition()
		in.Confidential, in.PetitionerUser = tt.confidential, userID("petitioner")
		s := begin(t, newTestOffice(t), "2026-11-20 10:00", "courier", in)
		if got := s.c().Masked(tt.of, s.o.moment(tt.reader, s.now).By, tt.inside); got.Name != tt.want || tt.of.Phone == "" && got.Phone != "" {
			t.Errorf("%s: %+v, want %s", name, got, tt.want)
		}
	}
}

func TestMasks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		mask     func(string) string
		in, want string
	}{
		{maskName, "张三", "张**"},
		{maskName, "欧阳娜娜", "欧**"},
		{maskName, " 张三 ", "张**"},
		{maskName, "李", hidden},
		{maskName, "𠮷野家", "𠮷**"},
		{maskName, "买买提·艾合买提", "买**"},
		{maskName, "John Smith", "J**"},
		{maskName, "霁川镇前进建筑有限公司", "霁**"},
		{maskName, "（匿名）张三", hidden},
		{maskName, "13812345678", hidden},
		{maskPhone, "13812345678", "138****5678"},
		{maskPhone, "+86 138 1234 5678", "138****5678"},
		{maskPhone, "008613812345678", "138****5678"},
		{maskPhone, "１３８１２３４５６７８", "138****5678"},
		{maskPhone, "138-1234-5678（儿子）", "138****5678"},
		{maskPhone, "0731-85671234", "073****1234"},
		{maskPhone, "1234567890", "****90"},
		{maskPhone, "85671234", "****34"},
		{maskPhone, "5671234", "****34"},
		{maskPhone, "12345", hidden},
		{maskPhone, "微信同号", hidden},
		{maskIDNumber, "430102199001011234", "4301**********1234"},
		{maskIDNumber, "43010219900101123X", "4301**********123X"},
		{maskIDNumber, "430102 19900101 1234", "4301**********1234"},
		{maskIDNumber, "430102900101123", "4301*******1123"},
		{maskIDNumber, "E12345678", "E****78"},
		{maskIDNumber, "H1234567", "H****67"},
		{maskIDNumber, "军1234", hidden},
		{maskAddress, "霁川镇上渡村四组", "霁川镇****"},
		{maskAddress, "湖南省长沙市岳麓区", "湖南省****"},
		{maskAddress, "禾汀县栖桥街道", "禾汀县****"},
		{maskAddress, "霁川镇", hidden},
		{maskAddress, "张三丰家东侧", hidden},
		{maskAddress, "小区五栋", hidden},
		{maskAddress, "上渡村四组", hidden},
	} {
		if got := tt.mask(tt.in); got != tt.want {
			t.Errorf("%q is masked as %q, want %q", tt.in, got, tt.want)
		}
	}
}

// Whatever is written into a field, its mask does not give it back, and tells of a
// long number no more than its ends.
func TestNoMaskGivesBackWhatItMasks(t *testing.T) {
	t.Parallel()
	written := rapid.OneOf(
		rapid.StringMatching(`[一-龥·A-Za-z ]{1,12}`), rapid.StringMatching(`[+0-9０-９()\- ]{1,24}`),
		rapid.StringMatching(`[0-9]{14,17}[0-9X]`), rapid.StringMatching(`[一-龥省市县区乡镇0-9]{1,20}`), rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		s := written.Draw(t, "written")
		if strings.TrimSpace(s) == "" || strings.Contains(s, "*") {
			t.Skip("nothing, or masked already")
		}
		for name, mask := range map[string]func(string) string{"name": maskName, "phone": maskPhone, "id number": maskIDNumber, "address": maskAddress} {
			masked := mask(s)
			if strings.Contains(masked, strings.TrimSpace(s)) {
				t.Fatalf("the %s %q is given back: %q", name, s, masked)
			}
			if shown := len(digitsOf(masked)); name == "phone" && shown > 7 || name == "id number" && shown > 8 {
				t.Fatalf("%d digits of the %s %q are shown: %q", shown, name, s, masked)
			}
		}
	})
}
