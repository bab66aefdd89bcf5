package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/casework"
	"github.com/huiyin/huiyin/internal/clock"
	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/office"
	"github.com/huiyin/huiyin/internal/office/officetest"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
	"github.com/huiyin/huiyin/internal/vault"
	"github.com/huiyin/huiyin/migrations"
)

// archive is a database in which every sealed column has values, and its key.
type archive struct {
	*testing.T
	*store.Store
	url    string
	key    vault.Source
	vault  *vault.Vault
	clock  *clock.Fake
	office *office.Office
	desk   *casework.Desk
	cases  []grievance.CaseID
	kids   []string
	words  *rand.Rand
}

func newArchive(t *testing.T, dialect string) *archive {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("words are drawn from the seed %d", seed)
	a := &archive{
		T: t, url: storetest.URL(t, dialect), clock: clock.NewFake(storetest.Start), words: rand.New(rand.NewPCG(seed, 0)),
		key: vault.Source{Path: filepath.Join(t.TempDir(), "key")},
	}
	var err error
	if a.vault, err = a.key.Open(true, a.clock.Now); err != nil {
		t.Fatal(err)
	}
	a.Store = storetest.OpenURL(t, a.url, storetest.WithVault(a.vault), storetest.WithClock(a.clock))
	a.office = officetest.Load(t, a.Store, a.clock)
	a.desk = casework.New(a.Store, a.office, a.clock)
	authWrite(t, a.Store, func(tx *store.Tx) error { return tx.CheckVault(a.clock.Now()) })
	return a
}

// word is a text of any length, in any script.
func (a *archive) word() string {
	letters := []rune("回音诉求路灯abc 1\n'\"\\%😀")
	word := make([]rune, 1+a.words.IntN(40))
	for i := range word {
		word[i] = letters[a.words.IntN(len(letters))]
	}
	return "字" + string(word)
}

// fill registers a case with a party, answers under a key, and makes a signing key.
func (a *archive) fill() {
	a.Helper()
	in := grievance.Registration{
		Channel: grievance.ByVisit, Nature: grievance.Demand, Title: a.word(), Body: a.word(),
		Petitioner: grievance.Party{Name: a.word(), Phone: "13800000000", IDNumber: "11010519491231002X", Address: a.word()},
	}
	if len(a.cases)%2 == 1 {
		in.Petitioner.Address = "" // NULL stays NULL
	}
	req := casework.Request{Actor: officetest.Actor(a.T, a.office, a.clock, "clerk"), Key: fmt.Sprint(len(a.cases)), Digest: []byte("d")}
	answer := a.word()
	req.Render = func(*grievance.Case) (casework.Response, error) {
		return casework.Response{Status: 201, Body: []byte(answer)}, nil
	}
	done, err := a.desk.Register(a.Context(), req, in)
	if err != nil {
		a.Fatal(err)
	}
	a.cases = append(a.cases, done.Case.ID)
	kid := fmt.Sprintf("kid-%d", len(a.kids)+1)
	seed, err := a.vault.Seal(vault.Field{Table: "signing_keys", Column: "seed_enc", ID: kid}, []byte(a.word()))
	if err != nil {
		a.Fatal(err)
	}
	authWrite(a.T, a.Store, func(tx *store.Tx) error {
		return tx.InsertSigningKey(store.SigningKey{Seq: int64(len(a.kids) + 1), Kid: kid, SeedEnc: seed, CreatedAt: a.clock.Now()})
	})
	a.kids = append(a.kids, kid)
}

// rotate has a new key seal.
func (a *archive) rotate() {
	a.Helper()
	for _, step := range []func(vault.Keys) (vault.Keys, error){vault.Keys.Stage, vault.Keys.Promote} {
		if _, err := a.key.Change(step); err != nil {
			a.Fatal(err)
		}
	}
	a.vault.Look()
}

// archived is everything that is sealed, opened.
type archived struct {
	Texts   [][]grievance.Text
	Parties [][]grievance.Party
	Answers []string
	Seeds   []string
}

// read opens everything, in a process that starts now.
func (a *archive) read() (all archived) {
	a.Helper()
	v, err := a.key.Open(false, nil)
	if err != nil {
		a.Fatal(err)
	}
	st := storetest.OpenURL(a.T, a.url, storetest.WithVault(v))
	authWrite(a.T, st, func(tx *store.Tx) error { return tx.CheckVault(a.clock.Now()) })
	err = st.Read(a.Context(), func(s *store.Snapshot) error {
		for i, id := range a.cases {
			texts, err1 := s.Texts(id)
			parties, err2 := s.Parties(id)
			actor := officetest.Actor(a.T, a.office, a.clock, "clerk").UserID.String()
			answer, found, err3 := s.Answered(actor, fmt.Sprint(i))
			if err := errors.Join(err1, err2, err3); err != nil || !found || len(texts) == 0 || len(parties) == 0 {
				return fmt.Errorf("case %d: %d texts, %d parties, answered %v: %w", i, len(texts), len(parties), found, err)
			}
			all.Texts, all.Parties = append(all.Texts, texts), append(all.Parties, parties)
			all.Answers = append(all.Answers, string(answer.Body))
		}
		keys, err := s.SigningKeys()
		for _, k := range keys {
			seed, err := v.Open(vault.Field{Table: "signing_keys", Column: "seed_enc", ID: k.Kid}, k.SeedEnc)
			if err != nil {
				return err
			}
			all.Seeds = append(all.Seeds, string(seed))
		}
		return err
	})
	if err != nil {
		a.Fatal(err)
	}
	return all
}

// byKey counts all sealed values by key.
func (a *archive) byKey() map[vault.KeyID]int64 {
	a.Helper()
	sum := map[vault.KeyID]int64{}
	columns := map[string]bool{}
	err := a.Read(a.Context(), func(s *store.Snapshot) error {
		counts, err := s.SealedCounts()
		for _, c := range counts {
			sum[c.Key] += c.Values
			columns[c.Table+"."+c.Column] = true
		}
		return err
	})
	if err != nil {
		a.Fatal(err)
	}
	if len(columns) != len(store.SealedColumns()) {
		a.Errorf("there are values in %v only", columns)
	}
	return sum
}

// ledger is what resealing must not touch.
func (a *archive) ledger() (s string) {
	a.Helper()
	storetest.Scan(a.T, a.url, `SELECT (SELECT count(*) || ' ' || sum(seq) || ' ' || sum(version) FROM cases) || ' ' ||
		(SELECT count(*) || ' ' || max(seq) FROM events)`, &s)
	return s
}

func quietly(store.Resealing) {}

// Whatever is in a database, under however many keys: sealing it anew leaves every
// plaintext equal, everything under the newest key, and the record as it was.
func TestResealingLeavesEveryPlaintextEqual(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		a := newArchive(t, dialect)
		for range 4 {
			for range 1 + a.words.IntN(3) {
				for range 1 + a.words.IntN(3) {
					a.fill()
				}
				a.rotate()
			}
			was, ledger, under := a.read(), a.ledger(), a.byKey()
			ctx, statements := store.CountStatements(t.Context())
			done, err := a.Reseal(ctx, 1+a.words.IntN(7), quietly)
			if err != nil {
				t.Fatal(err)
			}
			primary, _ := a.vault.Look()
			total := int64(0)
			for _, n := range under {
				total += n
			}
			if now := a.byKey(); len(now) != 1 || now[primary] != total {
				t.Errorf("under the newest key %v: %v, want %d", primary, now, total)
			}
			if done.Done != total-under[primary] {
				t.Errorf("%d of %v were sealed anew", done.Done, under)
			}
			if is := a.read(); !reflect.DeepEqual(was, is) {
				t.Errorf("was\n%+v\nis\n%+v", was, is)
			}
			if now := a.ledger(); now != ledger {
				t.Errorf("the record was %s and is %s", ledger, now)
			}
			for _, s := range statements.List() {
				if strings.Contains(s, "cases SET") || strings.Contains(s, "events") {
					t.Errorf("it runs %s", s)
				}
			}
			statements.Reset()
			if again, err := a.Reseal(ctx, 10, quietly); err != nil || again.Done != 0 {
				t.Errorf("again: %+v, %v", again, err)
			}
			if list := strings.Join(statements.List(), "\n"); strings.Contains(list, "UPDATE") {
				t.Errorf("a second run writes:\n%s", list)
			}
		}
		k, err := a.key.Keys()
		if err != nil {
			t.Fatal(err)
		}
		authWrite(t, a.Store, func(tx *store.Tx) error { return tx.RetireSealingKeys(a.clock.Now(), k.Earlier()...) })
		if _, err := a.key.Change(retireEarlier); err != nil {
			t.Fatal(err)
		}
		if all := a.read(); len(all.Texts) != len(a.cases) {
			t.Errorf("with the newest key alone: %+v", all)
		}
	})
}

// The database fails at the first statement, then at the second, and so on:
// nothing is lost on the way, and each run goes on where the last was cut off.
func TestResealingGoesOnWhereItWasCutOff(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		a := newArchive(t, dialect)
		for range 3 {
			a.fill()
		}
		was := a.read()
		a.rotate()
		primary, _ := a.vault.Look()
		cut := errors.New("cut off")
		var left []int64
		for n := 1; ; n++ {
			ctx, statements := store.CountStatements(t.Context())
			sent := 0
			statements.Fail(func(string) error {
				if sent++; sent == n {
					return cut
				}
				return nil
			})
			_, err := a.Reseal(ctx, 2, quietly)
			under := a.byKey()
			rest := int64(0)
			for id, values := range under {
				if id != primary {
					rest += values
				}
			}
			left = append(left, rest)
			if err == nil {
				break
			}
			if !errors.Is(err, cut) {
				t.Fatal(err)
			}
			if is := a.read(); !reflect.DeepEqual(was, is) {
				t.Fatalf("cut off at statement %d:\n%+v\n%+v", n, was, is)
			}
		}
		if !slices.IsSortedFunc(left, func(x, y int64) int { return int(y - x) }) || left[len(left)-1] != 0 || len(left) < 10 {
			t.Errorf("left under the old key after each run: %v", left)
		}
	})
}

// A value that somebody replaces between the reading and the writing of a batch
// stays what they made it.
func TestResealingOverwritesNobody(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		a := newArchive(t, dialect)
		a.fill()
		seed := func() (k store.SigningKey) {
			err := a.Read(t.Context(), func(s *store.Snapshot) error {
				keys, err := s.SigningKeys()
				k = keys[0]
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return k
		}
		read := seed()
		for _, step := range []struct {
			was, is, then string
			swapped       int64
		}{
			{string(read.SeedEnc), "theirs", "theirs", 1},
			{string(read.SeedEnc), "ours", "theirs", 0},
			{"theirs", "ours", "ours", 1},
		} {
			authWrite(t, a.Store, func(tx *store.Tx) error {
				n, err := tx.SwapSeed(read.Kid, []byte(step.was), []byte(step.is))
				if n != step.swapped {
					t.Errorf("%q replaced %d times", step.is, n)
				}
				return err
			})
			if got := string(seed().SeedEnc); got != step.then {
				t.Errorf("the seed is %q, want %q", got, step.then)
			}
		}
	})
}

// What does not open is told and left alone, and keeps nothing else from being done.
func TestResealingTellsWhatDoesNotOpen(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		a := newArchive(t, dialect)
		a.fill()
		stranger, err := storetest.Vault(t).Seal(vault.Field{Table: "signing_keys", Column: "seed_enc", ID: "stranger"}, []byte("x"))
		if err != nil {
			t.Fatal(err)
		}
		authWrite(t, a.Store, func(tx *store.Tx) error {
			return errors.Join(
				tx.InsertSigningKey(store.SigningKey{Seq: 8, Kid: "garbage", SeedEnc: []byte("garbage"), CreatedAt: storetest.Start}),
				tx.InsertSigningKey(store.SigningKey{Seq: 9, Kid: "stranger", SeedEnc: stranger, CreatedAt: storetest.Start}))
		})
		a.rotate()
		done, err := a.Reseal(t.Context(), 1, quietly)
		if !errors.Is(err, store.ErrUnreadable) || done.Unreadable != 2 {
			t.Errorf("%+v, %v", done, err)
		}
		primary, _ := a.vault.Look()
		id, _ := vault.KeyOf(stranger)
		if under := a.byKey(); len(under) != 3 || under[0] != 1 || under[id] != 1 || under[primary] == 0 {
			t.Errorf("under %v", under)
		}
	})
}

// Who adds a sealed column must name it, or rotation would leave it behind.
func TestEverySealedColumnIsKnown(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		query := map[string]string{
			migrations.Postgres: `SELECT string_agg(table_name || '.' || column_name, ' ') FROM information_schema.columns WHERE column_name LIKE '%\_enc'`,
			migrations.SQLite:   `SELECT group_concat(m.name || '.' || c.name, ' ') FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name LIKE '%\_enc' ESCAPE '\'`,
		}[dialect]
		var names string
		storetest.Scan(t, storetest.URL(t, dialect), query, &names)
		there, known := strings.Fields(names), store.SealedColumns()
		slices.Sort(there)
		slices.Sort(known)
		if !slices.Equal(there, known) {
			t.Errorf("the schema has %v\nReseal knows    %v", there, known)
		}
	})
}
