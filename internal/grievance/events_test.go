package grievance

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/calendar"
)

// everyKind tells stories in which every kind of event happens.
func everyKind(t *testing.T) []*story {
	t.Helper()
	life := begin(t, newTestOffice(t), "2026-11-20 10:00", "courier", road())
	life.at("2026-11-20 10:05").does("clerk", acknowledge)
	life.does("clerk", classify(Classification{Urgency: Simple, Category: "01"})).does("clerk", correct(Correction{Area: unitID("grid"), Title: "村道塌了", Headcount: 3}))
	life.does("clerk", accept(AcceptanceDecision{Notice: "已受理", Service: &Service{How: "sms", Proof: "短信回执"}}))
	life.does("clerk", assign("station", "handler")).does("handler", acknowledge).does("handler", contact).does("handler", note)
	life.at("2026-11-20 16:00").does("handler", submit).does("leader", sendBack(1)).does("handler", submit)
	life.engine("2026-11-27 09:00").does("leader", approve(2))
	life.at("2026-11-27 10:00").does("clerk", serve(2)).does("clerk_b", rate).does("petitioner", dispute)
	life.does("leader", takeUp(0)).does("leader", resolve(0)).does("handler", escalate).does("clerk", reissue).does("clerk", reveal(ToContact))

	stranded := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", petition()).engine("2027-01-20 10:00")
	for _, name := range []string{"supervisor", "city_supervisor"} {
		stranded.o.leaves(name, stranded.now)
	}
	stranded.does("system", strand)

	group := petition()
	group.Headcount = 12
	many := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", group)
	handled(many)
	many.does("handler", submit).does("leader", approve(1))

	declined := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", petition())
	declined.does("clerk", decline).does("leader", approve(1))

	moving := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", petition())
	moving.does("clerk", forward("hill"))
	moving.o.leaves("clerk", beijing("2026-11-21 10:00"))
	moving.at("2026-11-21 10:00").does("system", handOn).does("petitioner", withdraw).does("hill_leader", approve(1))

	resting := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", road())
	handled(resting)
	resting.does("handler", extend(10)).at("2026-11-21 10:00").does("leader", approve(1))
	resting.does("handler", suspendFor(ExpertOpinion, "2026-12-10")).does("leader", approve(2))
	resting.at("2026-12-01 10:00").does("handler", resume)
	resting.o.amends(beijing("2026-12-02 10:00"), "2026-12-17")
	resting.engine("2026-12-03 10:00")

	inquiry := road()
	inquiry.Nature, inquiry.Category, inquiry.Area, inquiry.Urgency = Inquiry, "02", UnitID{}, LifeProperty
	asked := begin(t, newTestOffice(t), "2026-11-20 10:00", "clerk", inquiry)
	asked.does("clerk", answer)

	return append([]*story{
		life, many, stranded, declined, moving, resting, asked, disowned(t), together(t), followed(t), reviewed(t), mediated(t),
		imported(t, "2026-09-30 09:00", "2026-12-05 10:00"),
	}, supervisedLives(t)...)
}

// imported is a case of another system that was answered, or not for "".
func imported(t *testing.T, received, replied string) *story {
	t.Helper()
	in := petition()
	in.Source, in.SourceID, in.Unit, in.ReceivedAt, in.ID = "messages", "17", unitID("river"), beijing(received), id16[Case]("case")
	in.PetitionerUser = UserID{}
	s := &story{tb: t, o: newTestOffice(t), now: beijing("2027-01-04 10:00")}
	var h History
	if replied != "" {
		h = History{Reply: "路已经修好", RepliedAt: beijing(replied)}
	}
	m := s.o.moment("system", s.now)
	c, err := Import(m, in, s.o.book.Unit(in.Unit), Receipt{Day: calendar.DateOf(s.now), N: 1}, h)
	if err != nil {
		t.Fatal(err)
	}
	s.keep(c)
	return s
}

// TestEventBodies compares the canonical body of each kind of event with
// testdata/events: the shape of the permanent record changes only on purpose.
func TestEventBodies(t *testing.T) {
	t.Parallel()
	first := map[string][]byte{}
	for _, s := range everyKind(t) {
		for _, e := range s.rec.events {
			if first[string(e.Kind)] == nil {
				first[string(e.Kind)] = e.Body
			}
		}
	}
	for _, kind := range eventKinds(t) {
		if first[kind] == nil {
			t.Errorf("no story has an event %q", kind)
			continue
		}
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, first[kind], "", "  "); err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join("testdata", "events", kind+".json"), pretty.Bytes())
		delete(first, kind)
	}
	for kind := range first {
		t.Errorf("no source names the kind %q", kind)
	}
}

// eventKinds reads the kinds from the source, so that none is forgotten.
func eventKinds(t *testing.T) (kinds []string) {
	t.Helper()
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			if of, ok := spec.Type.(*ast.Ident); ok && of.Name == "EventKind" {
				kind, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.HasPrefix(kind, "finding_") { // those are no events of a case
					kinds = append(kinds, kind)
				}
			}
			return true
		})
	}
	return kinds
}

func TestNoGoldenWithoutAKind(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir("testdata/events")
	if err != nil {
		t.Fatal(err)
	}
	kinds := eventKinds(t)
	if len(files) != len(kinds) {
		t.Errorf("%d files for %d kinds", len(files), len(kinds))
	}
	for _, f := range files {
		if !slices.Contains(kinds, strings.TrimSuffix(f.Name(), ".json")) {
			t.Errorf("no event is %s", f.Name())
		}
	}
}

// Events are for ever; persons and their words can be forgotten.
func TestEventsHoldNoWordsAndNoPersons(t *testing.T) {
	t.Parallel()
	for _, s := range everyKind(t) {
		secret := []string{}
		for _, text := range s.rec.texts {
			secret = append(secret, text.Body)
		}
		for _, p := range s.rec.parties {
			secret = append(secret, p.Name, p.Phone, p.IDNumber, p.Address)
		}
		if len(secret) < 4 {
			t.Fatal("the story has no words")
		}
		for _, e := range s.rec.events {
			for _, word := range secret {
				if word != "" && bytes.Contains(e.Body, []byte(word)) {
					t.Errorf("%s holds %q: %s", e.Kind, word, e.Body)
				}
			}
			for _, r := range strings.NewReplacer("受", "", "不", "", "复", "", "延", "", "转", "", "查", "", "核", "", "〔", "", "〕", "").Replace(string(e.Body)) {
				if r > 127 {
					t.Errorf("%s holds %q, and only document numbers are Chinese: %s", e.Kind, r, e.Body)
				}
			}
		}
	}
}

func TestBodiesAreCanonical(t *testing.T) {
	t.Parallel()
	for _, s := range everyKind(t) {
		for _, e := range s.rec.events {
			f, err := ReadFacts(e)
			if err != nil {
				t.Fatal(err)
			}
			if f.V != 1 {
				t.Errorf("%s is of version %d", e.Kind, f.V)
			}
			again, err := f.encode()
			if err != nil || !bytes.Equal(again, e.Body) {
				t.Errorf("%s reads back as %s, was %s (%v)", e.Kind, again, e.Body, err)
			}
		}
	}
}

// Every text that an event refers to was written, with the digest it names.
func TestEventsReferToTheTextsWritten(t *testing.T) {
	t.Parallel()
	for _, s := range everyKind(t) {
		referred := 0
		for _, e := range s.rec.events {
			f, err := ReadFacts(e)
			if err != nil {
				t.Fatal(err)
			}
			for _, ref := range f.Texts {
				i := slices.IndexFunc(s.rec.texts, func(x Text) bool { return x.ID == ref.ID })
				if i < 0 || s.rec.texts[i].Kind != ref.Kind || !bytes.Equal(s.rec.texts[i].Digest(), ref.Digest) {
					t.Errorf("%s refers to a text that was not written so: %+v", e.Kind, ref)
				}
				referred++
			}
		}
		if referred != len(s.rec.texts) {
			t.Errorf("%d texts, %d referred to", len(s.rec.texts), referred)
		}
	}
}
