package store_test

import (
	"testing"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/migrations"
)

func TestPostgresTakesIdentifiersAndDates(t *testing.T) {
	t.Parallel()
	id := grievance.CaseID{0: 1, 15: 2}
	date := calendar.NewDate(1899, 12, 31)
	tests := []struct {
		as   string
		give any
		want string
	}{
		{"uuid", id, id.String()},
		{"uuid", &id, id.String()},
		{"uuid", grievance.CaseID{}, "NULL"},
		{"uuid", (*grievance.CaseID)(nil), "NULL"},
		{"text", id, id.String()},
		{"text", grievance.CaseID{}, "NULL"},
		{"date", date, "1899-12-31"},
		{"date", &date, "1899-12-31"},
		{"date", calendar.Date{}, "NULL"},
		{"text", date, "1899-12-31"},
	}
	s := storetest.Open(t, migrations.Postgres)
	for _, test := range tests {
		var got string
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.Raw().Scan(&got, "SELECT coalesce(CAST(CAST(? AS "+test.as+") AS text), 'NULL')", test.give)
		})
		if err != nil || got != test.want {
			t.Errorf("%T %v as %s = %q, %v, want %q", test.give, test.give, test.as, got, err, test.want)
		}
	}
}
