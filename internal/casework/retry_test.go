package casework_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

// Defect of other systems: a create that timed out and is sent again makes two
// cases.
func TestACreateThatTimedOutAndIsSentAgainMakesOneCase(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		ctx, sent := store.CountStatements(t.Context())
		sent.Fail(func(statement string) error {
			if statement == "COMMIT" {
				return store.ErrConnectionLost
			}
			return nil
		})
		_, err := w.desk.Register(ctx, w.keyed("clerk", "phone-1", "a"), w.registration())
		if !errors.Is(err, store.ErrUnknownOutcome) {
			t.Fatalf("a commit without an answer: %v", err)
		}
		first := w.must(w.desk.Register(t.Context(), w.keyed("clerk", "phone-1", "a"), w.registration()))
		again, err := w.desk.Register(t.Context(), w.keyed("clerk", "phone-1", "a"), w.registration())
		if err != nil || !again.Response.Replayed || !strings.HasPrefix(string(again.Response.Body), first.ID.String()) {
			t.Errorf("sent a third time: %+v, %v; want the first answer again", again, err)
		}
		if n := w.countCases(); n != 1 {
			t.Errorf("%d cases, want 1", n)
		}
	})
}

// countCases counts the cases of the ledger.
func (w *town) countCases() int {
	w.Helper()
	if _, err := w.desk.Sequence(w.Context(), 10_000); err != nil {
		w.Fatal(err)
	}
	seen := map[grievance.CaseID]bool{}
	err := w.store.Read(w.Context(), func(s *store.Snapshot) error {
		events, err := s.Ledger(0, 10_000)
		for _, e := range events {
			if e.SubjectKind == grievance.SubjectCase {
				seen[e.SubjectID] = true
			}
		}
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return len(seen)
}

func TestAClientMadeIDIsOneCase(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		in := w.registration()
		in.ID, _ = grievance.ParseID[grievance.Case]("0199a000-0000-7000-8000-000000000001")
		first := w.must(w.desk.Register(t.Context(), w.as("clerk"), in))
		second := w.must(w.desk.Register(t.Context(), w.as("clerk"), in))
		if second.ID != first.ID || second.ReceiptNumber != first.ReceiptNumber {
			t.Errorf("the same id and content: receipt %s, then %s", first.ReceiptNumber, second.ReceiptNumber)
		}
		in.Body = "另一件事"
		if _, err := w.desk.Register(t.Context(), w.as("clerk"), in); !errors.Is(err, casework.ErrIDTaken) {
			t.Errorf("the same id, other content: %v", err)
		}
		in.ID, _ = grievance.ParseID[grievance.Case]("0199a000-0000-4000-8000-000000000001")
		if _, err := w.desk.Register(t.Context(), w.as("clerk"), in); grievance.KindOf(err) != grievance.Invalid {
			t.Errorf("an id that is no UUIDv7: %v", err)
		}
		next := w.register()
		if !strings.HasSuffix(next.ReceiptNumber, "-0002") {
			t.Errorf("refused registrations left a hole: next receipt is %s", next.ReceiptNumber)
		}
	})
}

func TestAKeyNamesOneRequest(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		id := w.register().ID
		accept := func(key, asks string) (casework.Done, error) {
			return w.desk.Accept(t.Context(), w.keyed("clerk", key, asks), id, grievance.AcceptanceDecision{})
		}
		if _, err := accept("k", "accept"); err != nil {
			t.Fatal(err)
		}
		if again, err := accept("k", "accept"); err != nil || !again.Response.Replayed {
			t.Errorf("sent again it meets its own refusal: %+v, %v", again, err)
		}
		if _, err := accept("k", "something else"); !errors.Is(err, casework.ErrKeyReused) {
			t.Errorf("the key of another request: %v", err)
		}
		if _, err := accept("other", "accept"); grievance.CodeOf(err) != "case.state" {
			t.Errorf("a new request for what is done: %v", err)
		}
		if _, err := w.desk.Note(t.Context(), w.keyed("leader", "k", "accept"), id, grievance.Noting{Words: "阅"}); err != nil {
			t.Errorf("the same key of another person: %v", err)
		}
		if n := len(w.events(t.Context(), id)); n != 3 {
			t.Errorf("%d events, want registered, accepted, noted", n)
		}
	})
}

// Three replicas, a client that retries everything: each request has its effect
// once, and every sender gets the same answer.
func TestConcurrentDuplicatesHaveOneEffect(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		replicas := []*casework.Desk{w.desk, casework.New(w.store, office.New(w.store, w.clock), w.clock), casework.New(w.store, office.New(w.store, w.clock), w.clock)}
		id := w.register().ID
		noted := w.together(12, func(i int) (casework.Done, error) {
			return replicas[i%3].Note(t.Context(), w.keyed("clerk", "n", "n"), id, grievance.Noting{Words: "重复提交"})
		})
		made := w.together(12, func(i int) (casework.Done, error) {
			return replicas[i%3].Register(t.Context(), w.keyed("clerk", "r", "r"), w.registration())
		})
		if len(noted) != 1 || len(made) != 1 {
			t.Errorf("answers differ: notes %v, registrations %v", noted, made)
		}
		if n := len(w.events(t.Context(), id)); n != 2 {
			t.Errorf("%d events, want registered and noted", n)
		}
		if n := w.countCases(); n != 2 {
			t.Errorf("%d cases, want 2", n)
		}
	})
}

// together sends a request n times at once and gives the different answers.
func (w *town) together(n int, send func(int) (casework.Done, error)) map[string]int {
	w.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	answers := map[string]int{}
	for i := range n {
		all.Go(func() {
			done, err := send(i)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				w.Errorf("sender %d: %v", i, err)
			}
			answers[string(done.Response.Body)]++
		})
	}
	all.Wait()
	return answers
}

func TestAStaleVersionIsRefused(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		c := w.register()
		req := w.as("clerk")
		seen := c.Version
		req.IfVersion = &seen
		w.must(w.desk.Note(t.Context(), req, c.ID, grievance.Noting{Words: "一"}))
		if _, err := w.desk.Note(t.Context(), req, c.ID, grievance.Noting{Words: "二"}); !errors.Is(err, casework.ErrStale) {
			t.Errorf("made against an older version: %v", err)
		}
	})
}

func TestWhatOneMayNotSeeDoesNotExist(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		id := w.register().ID
		for account, want := range map[string]string{
			"clerk2": "not_found", "handler": "not_found", "petitioner": "not_found", "admin": "not_found", "inspector": "not_found",
			"leader": "", "county_leader": "", "supervisor": "", "city_supervisor": "", "clerk": "",
		} {
			_, err := w.desk.Note(t.Context(), w.as(account), id, grievance.Noting{Words: "看到了"})
			if got := grievance.CodeOf(err); got != want {
				t.Errorf("%s: %q (%v), want %q", account, got, err, want)
			}
		}
	})
}

// A database that dies mid-commit leaves all of an operation or nothing.
func TestAFailureAnywhereLeavesNothing(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		w := newTown(t, dialect)
		id := w.register().ID
		before := len(w.events(t.Context(), id))
		ctx, sent := store.CountStatements(t.Context())
		w.must(w.desk.Note(ctx, w.keyed("clerk", "dry", "dry"), id, grievance.Noting{Words: "先走一遍"}))
		for fail := range len(sent.List()) {
			w.failAt(fail, func(ctx context.Context) error {
				_, err := w.desk.Note(ctx, w.keyed("clerk", "wet", "wet"), id, grievance.Noting{Words: "中途断开"})
				return err
			})
		}
		if after := len(w.events(t.Context(), id)); after != before+1 {
			t.Errorf("%d events, want %d: failed operations left something", after, before+1)
		}
	})
}

// failAt runs do with the statement of that number failing, and expects an error.
func (w *town) failAt(number int, do func(context.Context) error) {
	w.Helper()
	ctx, sent := store.CountStatements(w.Context())
	n := 0
	broken := errors.New("the database is gone")
	sent.Fail(func(string) error {
		n++
		if n == number+1 {
			return broken
		}
		return nil
	})
	if err := do(ctx); err == nil {
		w.Errorf("statement %d failed, the operation did not", number)
	}
}
