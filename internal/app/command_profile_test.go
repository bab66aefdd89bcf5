package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/internal/store/storetest"
)

func TestProfileCommands(t *testing.T) {
	t.Parallel()
	storetest.Dialects(t, func(t *testing.T, dialect string) {
		c := newCLI(t, storetest.URL(t, dialect))
		if _, _, err := c.run("migrate", "up"); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		file := func(name, text string) string {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		unknown := file("unknown.json", `{"name":"wall","colour":"red"}`)
		if _, _, err := c.run("profile", "put", unknown); err == nil || !strings.Contains(err.Error(), "colour") {
			t.Errorf("an unknown member: %v", err)
		}
		text, _, err := c.run("profile", "show", "wall")
		if err != nil {
			t.Fatal(err)
		}
		same, other := file("same.json", text), file("other.json", strings.Replace(text, `"dispute_days": 15`, `"dispute_days": 30`, 1))
		broken := file("broken.json", strings.Replace(strings.Replace(text, `"dispute_days": 15`, `"dispute_days": 400`, 1), `"7wd"`, `"9999wd"`, 1))
		silent := file("silent.json", strings.Replace(strings.Replace(text, `"dispute_days": 15`, `"dispute_days": null`, 1), `"7wd"`, `"9999wd"`, 1))
		const keep, follow = "running clocks keep the version that set them\n", "the engine lets running clocks follow it, each with an event, but for those that would be late by it\n"
		c.follow([]commandStep{
			{[]string{"profile", "show", "express"}, failed, ""},
			{[]string{"profile", "show", "wall", "--version=9"}, failed, ""},
			{[]string{"profile", "put", filepath.Join(dir, "none.json")}, failed, ""},
			{[]string{"profile", "put", same}, done, "version 3 of wall stays: it says the same\n" + keep},
			{[]string{"profile", "put", other, "--dry-run"}, done, "version 4 of wall would be the newest: clocks start by it from now on\n" + keep},
			{[]string{"profile", "show", "wall"}, done, text},
			{[]string{"profile", "put", broken}, failed, "/dispute_days  异议期须在 0 至 365 天之间 (profile.dispute_days)\n/clocks/2/length  时限不得超过 3650 日 (profile.length_long)\n"},
			{[]string{"profile", "put", silent}, failed, "/dispute_days  必须写明，不能省略或为 null (profile.unsaid)\n/clocks/2/length  时限不得超过 3650 日 (profile.length_long)\n"},
			{[]string{"profile", "put", other, "--rebase"}, done, "version 4 of wall is the newest: clocks start by it from now on\n" + follow},
			{[]string{"profile", "put", same}, failed, ""},
			{[]string{"profile", "show", "wall", "--version=3"}, done, text},
		})
	})
}
