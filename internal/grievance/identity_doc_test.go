package grievance

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

//go:generate go test -run TestIdentityDocument -update .

// why gives the words for a reason to reveal.
var why = map[Reason]string{
	ToContact:     "联系诉求人 / to call or write to the petitioner",
	ToIdentify:    "核对身份 / to see whether it is the petitioner who asks",
	ToServe:       "送达文书 / to serve a notice",
	ToVisit:       "上门、实地查看 / to go there",
	ToFollowUp:    "回访 / to ask after the answer",
	ToVerifyNamed: "核对被反映人 / to find out whom it is about",
}

// TestIdentityDocument draws docs/identity.md from the policy, and fails when the
// file is stale.
func TestIdentityDocument(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	out.WriteString(identityHead)
	for _, reason := range RevealReasons {
		p := purposes[reason]
		fmt.Fprintf(&out, "\n### `%s`: %s\n\nShown: **%s** of the %s, and nothing else.\n\n", reason, why[reason], joined(p.Fields), joined(p.Of))
		out.WriteString("| to whom | while the case is | also in a confidential case |\n|---|---|---|\n")
		lines(t, &out, p.to)
	}
	out.WriteString(identityServing)
	lines(t, &out, serving)
	out.WriteString(identityFoot)
	golden(t, "../../docs/identity.md", out.Bytes())
}

func lines(t *testing.T, out *bytes.Buffer, list []disclosure) {
	t.Helper()
	for _, d := range list {
		secret := "no"
		if d.confidential {
			secret = "yes"
		}
		fmt.Fprintf(out, "| %s | %s | %s |\n", relations(t, permission{who: []relation{d.who}}), statuses(d.from), secret)
	}
}

func joined[T ~string](list []T) string {
	var words []string
	for _, w := range list {
		words = append(words, strings.ReplaceAll(string(w), "_", " "))
	}
	return strings.Join(words, ", ")
}

const identityHead = `# Who is shown who a petitioner is

Drawn from ` + "`purposes` in `internal/grievance/identity.go`" + `: ` + "`go generate ./internal/grievance`" + ` writes this file
anew, and a test fails when it is stale. Who is shown what in each state, actor by
actor, stands in ` + "`internal/grievance/testdata/identity.txt`" + `.

Everybody who may see a case sees its parties **masked** (脱敏). Whoever needs to know
who they are says what for (` + "`POST /cases/{id}/parties/reveal`" + `), and is shown what that
reason needs and no more. What no line below allows, nobody is shown. Each time is
an event (` + "`parties_revealed`" + `) with the actor, the post, the reason and the names of the
fields, and with none of their words; it is recorded before anything is shown, and
no answer is kept.

## What each reason shows, and to whom
`

const identityServing = `
### A notice until it is served

A notice in clear (` + "`POST /cases/{id}/notices/{n}/document`" + `) shows its addressee by the same
table, and for ` + "`serve_notice`" + `, until it is served, besides to a clerk of the desk that
issued it (in a confidential case too) and to:

| to whom | while the case is | also in a confidential case |
|---|---|---|
`

const identityFoot = `
Where a desk has no clerk, whoever is on duty for it acts as its clerk. Without a
line for the reason it is 403 ` + "`case.not_permitted`" + `, in a confidential case 403
` + "`case.confidential`" + `, and 409 ` + "`case.state`" + ` where the step is over or has not begun.

## What is masked, and what is hidden

| field | masked | example |
|---|---|---|
| name | its first character | 张三丰 → 张\*\*; 买买提·艾合买提 → 买\*\*; one character alone → \*\*\*\* |
| phone | three digits and the last four; of less than eleven the last two | +86 138 1234 5678 → 138\*\*\*\*5678 |
| identity number | province and city, and the last four; of a passport or permit the first and the last two | E12345678 → E\*\*\*\*78 |
| address | its province, city, county or township, if it begins with one | 霁川镇上渡村四组 → 霁川镇\*\*\*\* |

Instead, a field that is known is hidden whole (\*\*\*\*):

- who complains, in a **confidential** case, from everybody, handler and leaders
  too: the desk alone deals with the petitioner;
- everything, from a person **whom the case is about**. Nothing is revealed to such
  a person either, whatever the post;
- whom a case is about, from those who neither work on it nor sent it in, such as a
  grid worker in whose grid it lies.

A **petitioner** with an account sees their own case and its parties masked like
everybody else, by query code no parties at all: who they are they know, and a
telephone left lying about tells nobody. **Couriers and grid workers** see the parties
of what they filed, or of what lies in their grid, masked, and reveal nothing; of
the texts they read what is public and what they wrote.

Nobody finds out by **searching** either: a search by person, and the other cases of a
petitioner, leave out confidential cases of other desks than the reader's own, and
cases that are about the reader.

What people wrote (title, words, answers) is a text of the case, sealed at rest and
read by those who may see the case; it is not searched for names.
`

// Whoever may be shown something passes the gate of the operation.
func TestWhoeverIsShownSomethingMayReveal(t *testing.T) {
	t.Parallel()
	var allowed, used []string
	for _, r := range permissions[OpReveal].who {
		allowed = append(allowed, nameOf(r))
	}
	for _, reason := range RevealReasons {
		for _, d := range purposes[reason].to {
			name := nameOf(d.who)
			if used = append(used, name); name == "deskCaller" { // who is an outsider
				continue
			}
			if !slices.Contains(allowed, name) {
				t.Errorf("%s shows something to %s, who may not reveal", reason, name)
			}
		}
	}
	for _, name := range allowed {
		if !slices.Contains(used, name) {
			t.Errorf("%s may reveal, and is shown nothing", name)
		}
	}
	if len(purposes) != len(RevealReasons) {
		t.Errorf("%d reasons, %d in the policy", len(RevealReasons), len(purposes))
	}
}
