package app_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/huiyin/huiyin/api/apitest"
)

// user is a client who logs in, and logs in again when the time has come. But
// for ask, one goroutine at a time may use it.
type user struct {
	*testing.T
	town              *township
	account, password string
	client            *http.Client

	access, refresh string
	logins, renewed int
}

func newUser(w *township, account, password string) *user {
	transport := &http.Transport{}
	w.Cleanup(transport.CloseIdleConnections)
	return &user{T: w.T, town: w, account: account, password: password, client: &http.Client{Transport: transport, Timeout: patience}}
}

// answer is a response that was read.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// object is a JSON object on its way.
type object = map[string]any

// ask sends a request to a server and checks the answer against the contract.
func (u *user) ask(s *server, method, path string, body any, headers ...string) (answer, error) {
	var content []byte
	if body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			return answer{}, err
		}
	}
	if !strings.HasPrefix(path, "/api/") && !strings.HasPrefix(path, "/readyz") {
		path = "/api/v1" + path
	}
	req, err := http.NewRequestWithContext(u.Context(), method, s.base+path, bytes.NewReader(content))
	if err != nil {
		return answer{}, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := u.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	a := answer{status: res.StatusCode, header: res.Header}
	if a.body, err = io.ReadAll(res.Body); err != nil {
		return answer{}, err
	}
	if err := apitest.Contract(req, res, a.body); err != nil {
		u.Error(err)
	}
	return a, nil
}

// do is ask as somebody who is logged in: with a refreshed token where the old
// one has run out, and a new login where that has too.
func (u *user) do(s *server, method, path string, body any, headers ...string) answer {
	u.Helper()
	for _, renew := range []func(*server) bool{u.start, u.exchange, u.login} {
		if !renew(s) {
			continue
		}
		a, err := u.ask(s, method, path, body, append(headers, u.bearer())...)
		if err != nil {
			u.Fatalf("%s %s as %s: %v", method, path, u.account, err)
		}
		if a.status != http.StatusUnauthorized {
			return a
		}
	}
	u.Fatalf("%s %s: %s cannot log in", method, path, u.account)
	return answer{}
}

func (u *user) bearer() string { return "Authorization: Bearer " + u.access }

// start logs in, the first time.
func (u *user) start(s *server) bool {
	if u.access == "" {
		return u.login(s)
	}
	return true
}

func (u *user) login(s *server) bool {
	return u.obtain(s, "/auth/token", object{"username": u.account, "password": u.password}, &u.logins)
}

// exchange uses the refresh token.
func (u *user) exchange(s *server) bool {
	return u.obtain(s, "/auth/refresh", object{"refresh_token": u.refresh}, &u.renewed)
}

func (u *user) obtain(s *server, path string, body object, count *int) bool {
	a, err := u.ask(s, "POST", path, body)
	if err != nil {
		u.Fatal(err)
	}
	if a.status != http.StatusOK {
		return false
	}
	var tokens struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	u.read(a, &tokens)
	u.access, u.refresh = tokens.Access, tokens.Refresh
	*count++
	return true
}

func (u *user) read(a answer, into any) {
	u.Helper()
	if err := json.Unmarshal(a.body, into); err != nil {
		u.Fatalf("reading %s: %v", a.body, err)
	}
}

// get reads something that must be there.
func (u *user) get(path string, into any) answer {
	u.Helper()
	a := u.do(u.town.servers[0], "GET", path, nil)
	if a.status != http.StatusOK {
		u.Fatalf("GET %s as %s: %d %s", path, u.account, a.status, a.body)
	}
	if into != nil {
		u.read(a, into)
	}
	return a
}

// post does something that must be done, and gives the case as it is then.
func (u *user) post(path string, body any) (c caseView) {
	u.Helper()
	a := u.do(u.town.servers[0], "POST", path, body)
	if a.status/100 != 2 {
		u.Fatalf("POST %s as %s: %d %s", path, u.account, a.status, a.body)
	}
	u.read(a, &c)
	return c
}

// refused does something that must be refused, with a code.
func (u *user) refused(path string, body any, status int, code string) {
	u.Helper()
	a := u.do(u.town.servers[0], "POST", path, body)
	var p struct {
		Code string `json:"code"`
	}
	if u.read(a, &p); a.status != status || p.Code != code {
		u.Errorf("POST %s as %s: %d %s, want %d %s", path, u.account, a.status, a.body, status, code)
	}
}
