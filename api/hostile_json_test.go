package api

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// scrap is one body that is no JSON object as it should be.
type scrap struct{ name, text string }

// lines reads a file of strings, one a line: \ escapes as in Go, "100× " before one
// repeats it, and # begins a remark, which names the strings below it.
func lines(t *testing.T, file string) (all []scrap) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	must(t, err)
	kind := ""
	for n, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		if rest, remark := strings.CutPrefix(line, "# "); remark {
			kind = rest
			continue
		}
		all = append(all, scrap{kind + ", line " + strconv.Itoa(n+1), unescaped(t, line)})
	}
	return all
}

func unescaped(t *testing.T, line string) string {
	t.Helper()
	times := 1
	if count, rest, found := strings.Cut(line, "× "); found {
		if n, err := strconv.Atoi(count); err == nil {
			times, line = n, rest
		}
	}
	text, err := strconv.Unquote(`"` + strings.ReplaceAll(line, `"`, `\"`) + `"`)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return strings.Repeat(text, times)
}

// broken makes of a good body what is none: cut off at every offset, in another
// encoding, with more in it or around it than belongs there.
func broken(good string) (all []scrap) {
	for i := 1; i < len(good); i++ {
		all = append(all, scrap{"cut off", good[:i]})
	}
	inner := good[1 : len(good)-1]
	first, _, _ := strings.Cut(inner, ",")
	name, _, _ := strings.Cut(strings.TrimPrefix(inner, `"`), `"`)
	big := make([]byte, 0, 2*len(good)+2)
	for _, unit := range utf16.Encode([]rune("\uFEFF" + good)) {
		big = append(big, byte(unit>>8), byte(unit))
	}
	swapped := slices.Clone(big)
	for i := 0; i < len(swapped); i += 2 {
		swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
	}
	for name, text := range map[string]string{
		"UTF-16, big end first": string(big), "UTF-16, little end first": string(swapped), "BOM": "\uFEFF" + good,
		"twice": good + good, "twice, a line each": good + "\n" + good, "in a list": "[" + good + "]", "in a text": strconv.Quote(good),
		"a closing brace too many": good + "}", "NUL behind": good + "\x00", "NUL before": "\x00" + good, "rubbish behind": good + "!",
		"duplicate": "{" + first + "," + inner + "}", "duplicate of another spelling": `{"` + `\u` + hex4(name) + name[1:] + `":1,` + inner + "}",
		"capitals": "{" + strings.Replace(inner, name, strings.ToUpper(name), 1) + "}", "blank in a name": "{" + strings.Replace(inner, name, name+" ", 1) + "}",
		"single quotes": strings.ReplaceAll(good, `"`, `'`), "no quotes": strings.ReplaceAll(good, `"`, ``), "curly quotes": strings.ReplaceAll(good, `"`, `”`),
		"comment": "{/* */" + inner + "}", "comment behind": good + "// nothing", "hash": "# nothing\n" + good,
		"comma at the end": "{" + inner + ",}", "comma at the start": "{," + inner + "}", "semicolons": strings.ReplaceAll(good, ",", ";"), "equals signs": strings.ReplaceAll(good, `":`, `"=`),
		"__proto__": `{"__proto__":{"admin":true},` + inner + "}", "constructor": `{"constructor":{"prototype":{}},` + inner + "}", "long name": `{"` + strings.Repeat("k", 100_000) + `":1,` + inner + "}",
		"script for a name": `{"<script>alert(1)</script>":1,` + inner + "}", "SQL for a name": `{"id\"; DROP TABLE cases; --":1,` + inner + "}", "$where": `{"$where":"sleep(1000)",` + inner + "}",
		"ten thousand faults": `{"x":[` + strings.Repeat(`"\u0001",`, 10_000) + `""],` + inner + "}", "padded too large": good + strings.Repeat(" ", maxBody), "form": "a=b&c=d", "JSONP": "call(" + good + ")", "prefix": ")]}',\n" + good, "deep": "{" + inner + `,"x":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + "}",
	} {
		if text != good { // of a body without a comma, none is a semicolon
			all = append(all, scrap{name, text})
		}
	}
	return all
}

// hex4 is the first letter of a word as JSON can write it too.
func hex4(word string) string {
	code := "000" + strconv.FormatInt(int64(word[0]), 16)
	return code[len(code)-4:]
}

// Whatever is sent instead of JSON is refused with a stable code, told to nobody,
// and changes nothing.
func TestMalformedBodies(t *testing.T) {
	t.Parallel()
	always := lines(t, "malformed.txt")
	eachSiege(t, func(t *testing.T, w *siege) {
		events := w.recorded()
		for _, r := range w.routes {
			if r.method != http.MethodPost && r.method != http.MethodPut {
				continue
			}
			scraps := always
			if good := w.body(r); good != "" {
				scraps = slices.Concat(always, broken(good))
			}
			for _, s := range scraps {
				w.refused(shot{target: r, path: w.path(r.route, nil), body: s.text, payload: s.text}, s.name)
			}
		}
		if n := w.recorded(); n != events {
			t.Errorf("%d events were recorded", n-events)
		}
	})
}

// refused fires a shot whose body is no good, and wants to hear so.
func (w *siege) refused(s shot, name string) {
	w.t.Helper()
	res := w.fire(s)
	if res.StatusCode < 400 {
		w.complain(s, "%s: %d", name, res.StatusCode)
		return
	}
	p := problemOf(w.t, res)
	if !bodyCodes[p.Code] {
		w.complain(s, "%s: %s", name, p.Code)
	}
	for _, f := range p.Errors {
		if !pointable.MatchString(f.Pointer) {
			w.complain(s, "%s: the refusal points at %.100q", name, f.Pointer)
		}
	}
}

// pointable are the pointers that a refusal may tell: of plain words alone,
// whatever the names of the body's members.
var pointable = regexp.MustCompile(`^(/[A-Za-z0-9_]{1,64}){0,9}$`)

// bodyCodes are the refusals of a body.
var bodyCodes = map[string]bool{
	errMalformed.Code: true, errBadUTF8.Code: true, errTrailing.Code: true, errDuplicateKey.Code: true, errUnknownField.Code: true,
	errWrongType.Code: true, errControlChar.Code: true, errTooLarge.Code: true, errEmpty.Code: true,
}
