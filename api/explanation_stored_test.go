package api

import (
	"encoding/csv"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/demo"
	"github.com/huiyin/huiyin/internal/grievance"
	replays "github.com/huiyin/huiyin/internal/intake"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// Every clock of the demo city's stories explains itself.
func TestTheDemoExplainsItself(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		ck := clock.NewFake(storetest.Start)
		st := storetest.Open(t, dialect, storetest.WithClock(ck))
		p := demo.Place{Store: st, Office: office.New(st, ck), Clock: ck, Log: slog.New(slog.DiscardHandler)}
		must(t, p.Office.Seed(t.Context()))
		must(t, demo.Load(t.Context(), p, "a hash that nobody checks"))
		if n := explainAll(t, st, ck); n < 50 {
			t.Errorf("%d clocks", n)
		}
	})
}

// Every clock of messages that are played over four years, under each profile,
// explains itself.
func TestReplaysExplainThemselves(t *testing.T) {
	t.Parallel()
	for _, profile := range grievance.ProfileNames {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			st := storetest.Open(t, "sqlite")
			r := replays.Replay{Store: st, Log: slog.New(slog.DiscardHandler), Profile: profile}
			played, err := r.Run(t.Context(), strings.NewReader(someMessages(t)))
			must(t, err)
			if n := explainAll(t, st, clock.NewFake(played.Until)); played.Replayed != 60 || n < 180 {
				t.Errorf("%d clocks of %+v", n, played)
			}
		})
	}
}

// someMessages are received at all hours over four years, and answered after
// minutes or months.
func someMessages(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	must(t, w.Write([]string{"留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间"}))
	for i := range 60 {
		received := time.Date(2019, 1, 3, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * (577*time.Hour + 41*time.Minute + 7*time.Second))
		replied := received.Add(time.Duration(i*i) * 50 * time.Minute)
		must(t, w.Write([]string{
			fmt.Sprint(i), "U", "路灯不亮", received.Format("2006/1/2 15:04:05"), "村口的路灯坏了。", "已修复。", replied.Format("2006/1/2 15:04:05"),
		}))
	}
	w.Flush()
	return b.String()
}

// The first real messages, where they are at hand.
func TestTheRealMessagesExplainThemselves(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("HUIYIN_REAL_DATA")
	if dir == "" {
		t.Skip("HUIYIN_REAL_DATA does not say where the real messages are")
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join("..", dir) // it is given from the project's root
	}
	text, err := os.ReadFile(filepath.Join(dir, "messages_replied.csv"))
	if err != nil {
		t.Skip(err)
	}
	st := storetest.Open(t, "sqlite")
	played, err := replays.Replay{Store: st, Log: slog.New(slog.DiscardHandler)}.Run(t.Context(), strings.NewReader(firstRows(t, string(text), 200)))
	must(t, err)
	t.Logf("%d clocks of %d messages", explainAll(t, st, clock.NewFake(played.Until)), played.Replayed)
}

// firstRows gives the header of a CSV and up to n rows.
func firstRows(t *testing.T, text string, n int) string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	must(t, err)
	var b strings.Builder
	must(t, csv.NewWriter(&b).WriteAll(rows[:min(n+1, len(rows))]))
	return b.String()
}

// explainAll explains every clock that is stored, counts each again, and tells
// how many there are.
func explainAll(t *testing.T, st *store.Store, ck clock.Clock) (n int) {
	t.Helper()
	book, err := office.New(st, ck).Book(t.Context())
	must(t, err)
	all := store.ViewerOf(grievance.System, book)
	must(t, st.Read(t.Context(), func(sn *store.Snapshot) error {
		for after := (*store.CasePosition)(nil); ; {
			page, err := sn.ListCases(all, store.CaseFilter{}, store.ByReceived, after, 200)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, item := range page {
				about, err := sn.Case(item.ID, all, store.Needs{})
				if err != nil {
					return err
				}
				for _, k := range about.Clocks() {
					explainStored(t, sn, book, k.ID, ck.Now())
					n++
				}
			}
			last := page[len(page)-1].Position(store.ByReceived)
			after = &last
		}
	}))
	return n
}

func explainStored(t *testing.T, sn *store.Snapshot, book *grievance.Book, id grievance.ClockID, now time.Time) {
	t.Helper()
	about, k, err := sn.Clock(id, store.ViewerOf(grievance.System, book))
	must(t, err)
	events, err := sn.EventsOfKinds(about.ID, grievance.ClockEvents...)
	must(t, err)
	x, err := grievance.Explain(book, about, k)
	must(t, err)
	must(t, x.Trace(events))
	for _, v := range []*voice{chinese, english} {
		shown := explanationView(x, book, now, v)
		text, err := marshal(shown)
		must(t, err)
		wantRecount(t, k, text)
		if shown.Start.EventSeq == 0 || wrongWords.MatchString(shown.Sentence) {
			t.Errorf("clock %s of %s started by event %d: %s", id, k.Kind, shown.Start.EventSeq, shown.Sentence)
		}
	}
}
