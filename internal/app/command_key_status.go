package app

import (
	"context"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/config"
	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/vault"
)

// KeyStatus tells where the keys stand.
type KeyStatus struct{}

// Run lists the sealing keys, those of the file and those that the database knows,
// with how many values each has sealed.
func (KeyStatus) Run(ctx context.Context, c *config.Common, std *IO) error {
	return with(ctx, c, std, false, func(a *App) error {
		keys, err := a.Key.Keys()
		if err != nil {
			return err
		}
		counts, err := a.sealedCounts(ctx)
		if err != nil {
			return err
		}
		known := map[vault.KeyID]store.SealingKey{}
		err = a.Store.Read(ctx, func(s *store.Snapshot) error {
			list, err := s.SealingKeys()
			for _, k := range list {
				known[k.ID] = k
			}
			return err
		})
		if err != nil {
			return err
		}
		return tellKeys(std, keys, known, counts)
	})
}

func tellKeys(std *IO, keys vault.Keys, known map[vault.KeyID]store.SealingKey, counts map[vault.KeyID]int64) error {
	form := "in the clear"
	if keys.Wrapped() {
		form = "wrapped"
	}
	w := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(w, "the key file is %s\nkey\tstate\tsince (Beijing)\tvalues\n", form)
	for _, id := range everyKey(keys, known, counts) {
		since := "-"
		if k, ok := known[id]; ok {
			since = k.Since.In(calendar.Zone).Format(time.DateTime)
		}
		name := id.String()
		if id == 0 {
			name = "none"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%d\n", name, stateOf(id, keys, known), since, counts[id])
	}
	return w.Flush()
}

// everyKey gives the keys of the file in their order, then all others.
func everyKey(keys vault.Keys, known map[vault.KeyID]store.SealingKey, counts map[vault.KeyID]int64) []vault.KeyID {
	list := slices.Concat(keys.Earlier(), []vault.KeyID{keys.Primary()}, keys.Staged())
	var others []vault.KeyID
	for id := range known {
		others = append(others, id)
	}
	for id := range counts {
		others = append(others, id)
	}
	slices.Sort(others)
	for _, id := range others {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

func stateOf(id vault.KeyID, keys vault.Keys, known map[vault.KeyID]store.SealingKey) string {
	switch {
	case id == keys.Primary():
		return "seals"
	case slices.Contains(keys.Staged(), id):
		return "staged"
	case slices.Contains(keys.Earlier(), id):
		return "opens"
	case known[id].RetiredAt != nil:
		return "retired"
	}
	return "missing"
}
