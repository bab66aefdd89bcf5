package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/store"
)

var (
	beijing = time.FixedZone("+08:00", 8*60*60)
	newYork = time.FixedZone("-05:00", -5*60*60)
)

func instantsRoundTrip(t *testing.T, s *suite) {
	for _, at := range []time.Time{
		time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC),
		time.Date(2026, 11, 23, 2, 0, 0, 123456000, time.UTC),
		time.Date(2026, 11, 23, 2, 0, 0, 1000, time.UTC),
		time.Date(2026, 11, 23, 0, 30, 0, 500000000, beijing),
		time.Date(1949, 10, 1, 15, 0, 0, 0, beijing),
		time.Date(2026, 11, 22, 23, 59, 59, 999999000, newYork),
	} {
		s.must(t, "UPDATE scratch SET at = ?", at)
		var row struct{ At time.Time }
		err := s.read(s.ctx, func(snapshot Statements) error {
			return snapshot.Scan(&row, "SELECT at FROM scratch WHERE at = ?", at)
		})
		if err != nil || !row.At.Equal(at) || row.At.Location() != time.UTC {
			t.Errorf("wrote %v, read %v (%v)", at, row.At, err)
		}
	}
}

// instantsAreSQL compares what the driver wrote with what a person would write.
func instantsAreSQL(t *testing.T, s *suite) {
	s.must(t, "UPDATE scratch SET at = ?", time.Date(2026, 11, 23, 8, 30, 0, 120000000, beijing))
	var n int
	err := s.read(s.ctx, func(snapshot Statements) error {
		return snapshot.Scan(&n, "SELECT count(*) FROM scratch WHERE at = '2026-11-23 00:30:00.12+00:00'")
	})
	if err != nil || n != 1 {
		t.Errorf("%d rows have the instant that was written (%v), want 1", n, err)
	}
}

// rangesAcrossZones writes in one zone and asks in another.
func rangesAcrossZones(t *testing.T, s *suite) {
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for n, at := range []time.Time{
		noon.Add(-time.Microsecond).In(beijing), noon.In(newYork), noon.Add(time.Microsecond),
		noon.Add(time.Hour - time.Microsecond).In(beijing), noon.Add(time.Hour).In(newYork),
	} {
		s.must(t, "INSERT INTO scratch (id, at) VALUES (?, ?)", 10+n, at)
	}
	for _, zone := range []*time.Location{time.UTC, beijing, newYork} {
		var ids []int
		err := s.read(s.ctx, func(snapshot Statements) error {
			const text = "SELECT id FROM scratch WHERE at >= ? AND at < ? ORDER BY at"
			return snapshot.Scan(&ids, text, noon.In(zone), noon.Add(time.Hour).In(zone))
		})
		if want := []int{11, 12, 13}; err != nil || !slices.Equal(ids, want) {
			t.Errorf("asked in %v: rows %v (%v), want %v", zone, ids, err, want)
		}
	}
}

func statementsNoted(t *testing.T, s *suite) {
	ctx, statements := store.CountStatements(s.ctx)
	err := s.write(ctx, func(tx Statements) error {
		var row struct{ N int }
		if err := tx.Lock(&row, "scratch", 1); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE scratch SET n = 1")
		return err
	})
	list := statements.List()
	if err != nil || len(list) != 4 || list[0] != "BEGIN" || list[2] != "UPDATE scratch SET n = 1" || list[3] != "COMMIT" {
		t.Errorf("a write of two statements noted %q (%v)", list, err)
	}
	statements.Reset()
	_ = s.write(ctx, func(Statements) error { return errRefused })
	if list := statements.List(); !slices.Equal(list, []string{"BEGIN", "ROLLBACK"}) {
		t.Errorf("a refused write noted %q", list)
	}
}

// listsOrderedByBytes pages through names whose order differs between locales.
func listsOrderedByBytes(t *testing.T, s *suite) {
	names := []string{"b", "a", "B", "_", "中", "Z", "á", "a/b", "a-b", "文", "a", "1"}
	for n, name := range names {
		s.must(t, "INSERT INTO scratch (id, name) VALUES (?, ?)", 10+n, name)
	}
	type row struct {
		ID   int
		Name string
	}
	var got []string
	last := row{ID: 1}
	for {
		var page []row
		err := s.read(s.ctx, func(snapshot Statements) error {
			const text = "SELECT id, name FROM scratch WHERE (name, id) > (?, ?) ORDER BY name, id LIMIT 5"
			return snapshot.Scan(&page, text, last.Name, last.ID)
		})
		if err != nil {
			t.Fatalf("reading a page: %v", err)
		}
		if len(page) == 0 {
			break
		}
		for _, r := range page {
			got = append(got, r.Name)
		}
		last = page[len(page)-1]
	}
	slices.Sort(names)
	if !slices.Equal(got, names) {
		t.Errorf("paged %q, want %q", got, names)
	}
}
