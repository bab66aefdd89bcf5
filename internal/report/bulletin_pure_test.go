package report

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
)

func unitID(n int) (id grievance.UnitID) {
	id[15] = byte(n)
	return id
}

func caseID(n int) (id grievance.CaseID) {
	id[6], id[8], id[14], id[15] = 0x70, 0x80, byte(n>>8), byte(n)
	return id
}

func period(name string) grievance.BulletinPeriod {
	p, _ := grievance.ParseBulletinPeriod(name)
	return p
}

// forest grows a tree of units from their parents: 0 is none. Unit n is an organ
// where organ says so.
func forest(parents []int, organ func(int) bool) (*grievance.Book, []*grievance.Unit) {
	units := make([]grievance.Unit, len(parents))
	for i, parent := range parents {
		u := &units[i]
		u.ID, u.Code, u.Name = unitID(i+1), fmt.Sprintf("%02d", i+1), fmt.Sprintf("单位%d", i+1)
		u.Path, u.Level, u.Organ = u.ID.String()+"/", grievance.LevelTownship, organ(i+1)
		if parent > 0 {
			u.ParentID, u.Path = unitID(parent), units[parent-1].Path+u.Path
		}
	}
	book := grievance.NewBook(grievance.BookData{Units: units})
	return book, book.Units()
}

// However the tree grows and wherever things are counted: every figure is the
// number of what is behind it, nothing is counted twice or lost, the total is the
// sum of the parts, and an organ's own bulletin has what its part in the one
// above it has.
func TestBulletinsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parents := []int{0}
		for i := range rapid.IntRange(0, 9).Draw(t, "units") {
			parents = append(parents, rapid.IntRange(1, i+1).Draw(t, "parent"))
		}
		organs := rapid.SliceOfN(rapid.Bool(), len(parents), len(parents)).Draw(t, "organs")
		book, units := forest(parents, func(n int) bool { return organs[n-1] })
		var list []counted
		for i := range rapid.IntRange(0, 40).Draw(t, "facts") {
			list = append(list, counted{
				rapid.SampledFrom([]FigureName{FigRegistered, FigClosed, FigUpheld("x"), FigBreached(grievance.Handling)}).Draw(t, "figure"),
				unitID(rapid.IntRange(1, len(parents)).Draw(t, "unit")), eventRef(caseID(i), 1),
			})
		}
		drawn := assemble(book, period("2026-11"), units, list)
		for i, b := range drawn {
			checkSums(t, b)
			below := 0
			for _, c := range list {
				if book.Unit(c.unit).Within(units[i]) {
					below++
				}
			}
			if sum := total(b); sum != below {
				t.Fatalf("the bulletin of %s counts %d of %d", b.Unit.Name, sum, below)
			}
			for _, p := range b.Parts[1:] {
				own := drawn[slices.IndexFunc(units, func(u *grievance.Unit) bool { return u.ID == p.Unit.ID })]
				for _, f := range p.Figures {
					if opened, _ := own.Opened(f.Name, grievance.UnitID{}); f.Count > 0 && opened.Count != f.Count {
						t.Fatalf("%s of %s: %d in its own bulletin, %d in that above", f.Name, p.Unit.Name, opened.Count, f.Count)
					}
				}
			}
		}
	})
}

func checkSums(t interface{ Fatalf(string, ...any) }, b *Bulletin) {
	sums, seen := map[FigureName]int{}, map[string]bool{}
	for _, p := range b.Parts {
		for _, f := range p.Figures {
			sums[f.Name] += f.Count
			if f.Count != len(f.Refs) || !slices.IsSorted(f.Refs) {
				t.Fatalf("%s of %s is %d, with %d behind it", f.Name, p.Unit.Name, f.Count, len(f.Refs))
			}
			for _, r := range f.Refs {
				key := string(f.Name) + " " + string(r)
				if seen[key] {
					t.Fatalf("%s is counted twice", key)
				}
				seen[key] = true
			}
		}
	}
	for _, s := range b.Total {
		if s.Count != sums[s.Name] {
			t.Fatalf("%s is %d, its parts %d", s.Name, s.Count, sums[s.Name])
		}
		delete(sums, s.Name)
	}
	if len(sums) > 0 {
		t.Fatalf("the total lacks %v", sums)
	}
}

func total(b *Bulletin) (n int) {
	for _, s := range b.Total {
		n += s.Count
	}
	return n
}

// The same bulletin is the same bytes, and what was read back is the same bulletin.
func TestTheBodyIsCanonical(t *testing.T) {
	t.Parallel()
	book, units := forest([]int{0, 1, 1}, func(int) bool { return true })
	list := []counted{{FigClosed, unitID(2), eventRef(caseID(2), 3)}, {FigUpheld("z"), unitID(3), "a/b"}, {FigClosed, unitID(2), eventRef(caseID(1), 9)}}
	draw := func(list []counted) []byte {
		b := assemble(book, period("2026"), units[:1], list)[0]
		b.IssuedAt = time.Date(2027, 1, 7, 0, 0, 0, 0, time.UTC)
		body, _, err := b.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	body := draw(list)
	slices.Reverse(list)
	if again := draw(list); !bytes.Equal(body, again) {
		t.Errorf("in another order:\n%s\n%s", body, again)
	}
	read, err := ReadBulletin(body)
	if err != nil {
		t.Fatal(err)
	}
	if again, _, _ := read.Encode(); !bytes.Equal(body, again) {
		t.Errorf("read and written again:\n%s\n%s", body, again)
	}
}

// A correction tells each figure that changed, and what came and went, even where
// the number stayed.
func TestDifferences(t *testing.T) {
	t.Parallel()
	book, units := forest([]int{0, 1}, func(int) bool { return true })
	draw := func(list ...counted) *Bulletin { return assemble(book, period("2026-11"), units[:1], list)[0] }
	a, b, c := eventRef(caseID(1), 1), eventRef(caseID(2), 1), eventRef(caseID(3), 1)
	was := draw(counted{FigRegistered, unitID(1), a}, counted{FigClosed, unitID(2), a}, counted{FigExtended, unitID(2), c})
	is := draw(counted{FigRegistered, unitID(1), b}, counted{FigClosed, unitID(2), a}, counted{FigClosed, unitID(2), b}, counted{FigUpheld("x"), unitID(2), c})
	var got []string
	for _, d := range Differences(was, is) {
		got = append(got, fmt.Sprintf("%s %s %d→%d -%d +%d", d.Unit.Code, d.Figure, d.Was, d.Is, len(d.Gone), len(d.Come)))
	}
	want := []string{"01 registered 1→1 -1 +1", "02 closed 1→2 -0 +1", "02 extended 1→0 -1 +0", "02 upheld.x 0→1 -0 +1"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if d := Differences(is, is); len(d) > 0 {
		t.Errorf("a bulletin differs from itself: %+v", d)
	}
}

// The petitioner's own word outweighs a telephone call, a later call an earlier
// one, and who could not be reached said nothing.
func TestOneAnswerARound(t *testing.T) {
	t.Parallel()
	tl := &tally{voices: map[voiced]voices{}, book: grievance.NewBook(grievance.BookData{})}
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	hear := func(n int, seq int64, f grievance.Facts) {
		kind := grievance.EvFollowedUp
		if f.Rating != nil {
			kind = grievance.EvRated
		}
		tl.hear(store.CountedEvent{CaseID: caseID(n), Seq: seq, Kind: kind, AboutAt: at.Add(time.Duration(seq) * time.Hour)}, f, unitID(1))
	}
	call := func(contacted, resolved, satisfied string) grievance.Facts {
		return grievance.Facts{Round: 1, FollowUp: &grievance.FollowUpFact{Contacted: contacted, Resolved: resolved, Satisfied: satisfied}}
	}
	hear(1, 1, grievance.Facts{Round: 1, Rating: &grievance.Rating{Contacted: true}})
	hear(1, 2, call("no", "yes", "yes")) // outweighed
	hear(2, 1, call("no", "unreachable", "unreachable"))
	hear(2, 2, call("yes", "no", "unreachable"))
	hear(3, 1, call("unreachable", "unreachable", "unreachable"))
	hear(1, 3, grievance.Facts{Round: 2, Rating: &grievance.Rating{Contacted: true, Resolved: true, Satisfied: true}})
	tl.rates()
	got := map[FigureName]int{}
	for _, c := range tl.list {
		got[c.figure]++
	}
	want := map[FigureName]int{"asked.contacted": 3, "yes.contacted": 3, "asked.resolved": 3, "yes.resolved": 1, "asked.satisfied": 2, "yes.satisfied": 1}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
