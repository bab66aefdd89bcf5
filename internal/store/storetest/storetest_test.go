package storetest_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/store"
	"github.com/huiyin/huiyin/internal/store/storetest"
)

func TestEveryTestHasAMigratedDatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		urls := map[string]bool{}
		for range 3 {
			url := storetest.URL(t, dialect)
			if urls[url] {
				t.Errorf("%s was given twice", url)
			}
			urls[url] = true
			list, err := storetest.OpenURL(t, url).Migrations(t.Context())
			if err != nil || len(list) == 0 || !list[len(list)-1].Applied {
				t.Errorf("Migrations = %+v, %v, want all applied", list, err)
			}
		}
	})
}

func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		var url string
		t.Run("a test", func(t *testing.T) {
			url = storetest.URL(t, dialect)
			storetest.OpenURL(t, url)
		})
		if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
			if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s is still there (%v)", path, err)
			}
			return
		}
		if _, err := store.Open(t.Context(), url, store.Options{}); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s still answers (%v)", url, err)
		}
	})
}
