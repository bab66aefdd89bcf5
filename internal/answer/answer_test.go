package answer_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/huiyin/huiyin/internal/answer"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

var errRefused = grievance.Refuse(grievance.Conflict, "test.refused", "不行")

// counter is an operation on a real database that counts in the book's version.
type counter struct {
	*testing.T
	store *store.Store
}

func eachCounter(t *testing.T, test func(*counter)) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		test(&counter{t, storetest.Open(t, dialect)})
	})
}

func asks(user byte, key, what string) answer.Request[int64] {
	return answer.Request[int64]{
		Actor: grievance.Actor{UserID: grievance.UserID{user}}, Key: key, Digest: []byte(what),
		Render: func(n int64) (answer.Response, error) {
			return answer.Response{Status: 201, Header: map[string]string{"Location": "/" + what}, Body: []byte{byte(n)}}, nil
		},
	}
}

// count counts on, or is refused after it has.
func (c *counter) count(req answer.Request[int64], refusal error) (int64, answer.Response, error) {
	c.Helper()
	return answer.Once(c.Context(), c.store, storetest.Start, req, func(keep answer.Keep[int64]) error {
		return c.store.Write(c.Context(), func(tx *store.Tx) error {
			n, err := tx.BumpBook()
			return errors.Join(err, keep(tx, n), refusal)
		})
	})
}

func (c *counter) now() (n int64) {
	c.Helper()
	if err := c.store.Read(c.Context(), func(s *store.Snapshot) (err error) { n, err = s.BookVersion(); return err }); err != nil {
		c.Fatal(err)
	}
	return n
}

func TestARequestSentAgainHasItsFirstAnswer(t *testing.T) {
	eachCounter(t, func(c *counter) {
		came, first, err := c.count(asks(1, "k", "a"), nil)
		if err != nil || came != c.now() || first.Replayed {
			c.Fatalf("first: %d, %+v, %v", came, first, err)
		}
		for _, refusal := range []error{nil, errRefused} {
			none, again, err := c.count(asks(1, "k", "a"), refusal)
			if err != nil || none != 0 || !again.Replayed {
				c.Fatalf("again: %d, %+v, %v", none, again, err)
			}
			if again.Status != 201 || again.Header["Location"] != "/a" || string(again.Body) != string(first.Body) {
				c.Errorf("again %+v, first %+v", again, first)
			}
		}
		if c.now() != came {
			c.Errorf("counted to %d, want %d", c.now(), came)
		}
	})
}

// Eight senders at two replicas: one effect, and one answer to all.
func TestDuplicatesAtSeveralReplicasHaveOneEffect(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		url, keys := storetest.URL(t, dialect), storetest.WithVault(storetest.Vault(t))
		replicas := []*counter{{t, storetest.OpenURL(t, url, keys)}, {t, storetest.OpenURL(t, url, keys)}}
		before := replicas[0].now()
		answers := make([]answer.Response, 8)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() {
				var err error
				if _, answers[i], err = replicas[i%2].count(asks(1, "k", "a"), nil); err != nil {
					t.Errorf("sender %d: %v", i, err)
				}
			})
		}
		all.Wait()
		firsts := 0
		for _, r := range answers {
			if string(r.Body) != string(answers[0].Body) {
				t.Errorf("answers differ: %+v, %+v", answers[0], r)
			}
			if !r.Replayed {
				firsts++
			}
		}
		if n := replicas[1].now() - before; n != 1 || firsts != 1 {
			t.Errorf("%d effects and %d first answers, want one", n, firsts)
		}
	})
}

func TestAKeyIsOfOneRequestAndOnePerson(t *testing.T) {
	eachCounter(t, func(c *counter) {
		before := c.now()
		for _, refusal := range []error{nil, errRefused} {
			if _, _, err := c.count(asks(1, "k", "a"), nil); err != nil {
				c.Fatal(err)
			}
			if _, _, err := c.count(asks(1, "k", "b"), refusal); !errors.Is(err, answer.ErrKeyReused) || grievance.CodeOf(err) != "idempotency.key_reused" {
				c.Errorf("another request: %v", err)
			}
		}
		if _, r, err := c.count(asks(2, "k", "a"), nil); err != nil || r.Replayed {
			c.Errorf("another person: %+v, %v", r, err)
		}
		proved := asks(0, "k", "a")
		proved.Actor = grievance.Actor{Proved: grievance.CaseID{1}}
		if _, r, err := c.count(proved, nil); err != nil || r.Replayed {
			c.Errorf("a petitioner with a query code: %+v, %v", r, err)
		}
		if n := c.now() - before; n != 3 {
			c.Errorf("counted %d, want 3", n)
		}
	})
}

func TestARefusalKeepsNothing(t *testing.T) {
	eachCounter(t, func(c *counter) {
		before := c.now()
		broken := asks(1, "k", "a")
		broken.Render = func(int64) (answer.Response, error) { return answer.Response{}, errRefused }
		for _, do := range []func() (int64, answer.Response, error){
			func() (int64, answer.Response, error) { return c.count(asks(1, "k", "a"), errRefused) },
			func() (int64, answer.Response, error) { return c.count(broken, nil) },
		} {
			if _, _, err := do(); !errors.Is(err, errRefused) {
				c.Errorf("refused: %v", err)
			}
		}
		if c.now() != before {
			c.Error("a refusal had an effect")
		}
		if _, r, err := c.count(asks(1, "k", "a"), nil); err != nil || r.Replayed {
			c.Errorf("the refusal used the key up: %+v, %v", r, err)
		}
	})
}

func TestWithoutAKeyEachRequestIsItsOwn(t *testing.T) {
	eachCounter(t, func(c *counter) {
		before := c.now()
		silent := answer.Request[int64]{Key: "k"} // whose answer nobody wants
		for _, req := range []answer.Request[int64]{asks(1, "", "a"), asks(1, "", "a"), silent, silent} {
			if came, r, err := c.count(req, nil); err != nil || r.Replayed || came != c.now() {
				c.Errorf("%d, %+v, %v", came, r, err)
			}
		}
		if n := c.now() - before; n != 4 {
			c.Errorf("counted %d, want 4", n)
		}
	})
}

func TestAnswersAreForgotten(t *testing.T) {
	eachCounter(t, func(c *counter) {
		for _, key := range []string{"a", "b", "c"} {
			if _, _, err := c.count(asks(1, key, key), nil); err != nil {
				c.Fatal(err)
			}
		}
		end := storetest.Start.Add(answer.KeptFor)
		for _, step := range []struct{ late, want int }{{0, 0}, {1, 2}, {1, 1}, {1, 0}} {
			n, err := answer.Forget(c.Context(), c.store, end.Add(time.Duration(step.late)*time.Second), 2)
			if err != nil || n != step.want {
				c.Errorf("%d s later %d forgotten (%v), want %d", step.late, n, err, step.want)
			}
		}
		if _, r, err := c.count(asks(1, "a", "other"), nil); err != nil || r.Replayed {
			c.Errorf("a forgotten key: %+v, %v", r, err)
		}
	})
}
