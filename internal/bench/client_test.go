package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// The grievance that everybody brings: about three hundred characters.
const title = "石桥路夜间施工噪声扰民，请督促按规定时间作业"

var story = strings.Repeat("我是石桥路小区的居民。自九月以来，小区北侧工地每天夜里十一点以后仍在浇筑混凝土，"+
	"噪声很大，老人和孩子无法入睡。我们多次与项目部沟通，对方答应整改，过两三天又恢复原样。", 3) +
	"请有关部门到现场核实，督促施工单位按规定时间作业，并把处理结果告诉我们。联系时请尽量在晚上七点以后。"

// newCase is a body of POST /api/v1/cases. The words differ by n, so that no
// two requests are the same.
func newCase(n int64) []byte {
	return fmt.Appendf(nil, `{"channel":"visit","nature":"demand","urgency":"ordinary","headcount":1,"title":"%s（%d）","body":"%s",`+
		`"petitioner":{"name":"陈志强","phone":"138%08d","address":"石桥路 18 号 3 栋 402 室"}}`, title, n, story, n)
}

// client is one clerk's browser after another: a connection that is kept. It
// does as little as a client can, because it shares the server's processors.
type client struct {
	conn net.Conn
	in   *bufio.Reader
	out  bytes.Buffer
}

func (t *town) dial(ctx context.Context) (*client, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", t.site)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReader(conn)}, nil
}

var errStatus = errors.New("not the status that was expected")

// post sends a body and gives the answer's.
func (c *client) post(path string, body []byte, want int, headers string) ([]byte, error) {
	c.out.Reset()
	c.out.WriteString("POST " + path + " HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: " +
		strconv.Itoa(len(body)) + "\r\n" + headers + "\r\n")
	c.out.Write(body)
	if _, err := c.conn.Write(c.out.Bytes()); err != nil {
		return nil, err
	}
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != want {
		err = fmt.Errorf("%w: %d %s", errStatus, res.StatusCode, answer)
	}
	return answer, errors.Join(err, res.Body.Close())
}

// logIn gives every desk its clerk's token.
func (t *town) logIn(b testing.TB) {
	b.Helper()
	c, err := t.dial(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer c.conn.Close()
	for i := range t.desks {
		d := &t.desks[i]
		body := fmt.Appendf(nil, `{"username":"%s","password":"%s"}`, d.clerk.Username, password)
		answer, err := c.post("/api/v1/auth/token", body, http.StatusOK, "")
		if err != nil {
			b.Fatal(err)
		}
		var tokens struct {
			AccessToken string `json:"access_token"`
		}
		if err := json.Unmarshal(answer, &tokens); err != nil {
			b.Fatal(err)
		}
		d.token = tokens.AccessToken
	}
}

// overHTTP is intake as a clerk's browser does it.
func (t *town) overHTTP(ctx context.Context) (intake, error) {
	c, err := t.dial(ctx)
	if err != nil {
		return intake{}, err
	}
	return intake{
		once: func(_ context.Context, n int64) error {
			headers := "Authorization: Bearer " + t.desks[n%units].token + "\r\nIdempotency-Key: bench-" + strconv.FormatInt(n, 10) + "\r\n"
			_, err := c.post("/api/v1/cases", newCase(n), http.StatusCreated, headers)
			return err
		},
		close: c.conn.Close,
	}, nil
}
