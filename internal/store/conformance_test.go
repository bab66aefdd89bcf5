package store_test

import (
	"testing"

	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.Raw{
		Tx:       func(tx *store.Tx) storetest.Statements { return tx.Raw() },
		Snapshot: func(snapshot *store.Snapshot) storetest.Statements { return snapshot.Raw() },
	})
}
