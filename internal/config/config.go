// Package config holds the settings of Huiyin: every one is a flag and a
// HUIYIN_* variable, described once, here. It guarantees that what it hands out
// was checked; it reads nothing but what it is given.
package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Common are the settings of every command.
type Common struct {
	DatabaseURL string `help:"The database: sqlite:PATH or postgres://…" default:"sqlite:data/huiyin.db" env:"HUIYIN_DATABASE_URL"`
	KeyFile     string `help:"The key file that seals personal data; losing it loses them. Made on first use with SQLite." default:"data/huiyin.key" env:"HUIYIN_KEY_FILE"`
	Key         string `help:"The content of the key file, instead of the file." env:"HUIYIN_KEY" json:"-"`
	KeyWrapFile string `help:"The file of the key that the key file is wrapped with, if it is." env:"HUIYIN_KEY_WRAP_FILE"`
	KeyWrap     string `help:"The content of that file, instead of it." env:"HUIYIN_KEY_WRAP" json:"-"`
	MaxConns    int    `help:"Connections of each database pool." default:"10" env:"HUIYIN_MAX_CONNS"`
	LogLevel    string `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"info" env:"HUIYIN_LOG_LEVEL"`
	LogFormat   string `help:"text or json." enum:"text,json" default:"text" env:"HUIYIN_LOG_FORMAT"`
	ClockFile   string `help:"Take the time from this file: for tests alone." hidden:"" env:"HUIYIN_CLOCK_FILE"`
}

// Logger makes the logger that the settings ask for.
func (c Common) Logger(w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // kong checks the enum; empty is info
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// Embedded reports whether the database is the embedded one.
func (c Common) Embedded() bool { return strings.HasPrefix(c.DatabaseURL, "sqlite:") }

// Serve are the settings of the server.
type Serve struct {
	Address         string        `help:"Address to listen on." default:"127.0.0.1:8080" env:"HUIYIN_ADDRESS"`
	Demo            bool          `help:"Load the demo city into an empty database; loopback only." env:"HUIYIN_DEMO"`
	DemoPassword    string        `help:"Password of the demo accounts; a random one is printed otherwise." env:"HUIYIN_DEMO_PASSWORD" json:"-"`
	Migrate         bool          `help:"Bring the schema to the newest version at start." default:"true" negatable:"" env:"HUIYIN_MIGRATE"`
	Engine          bool          `help:"Run the engine in this process." default:"true" negatable:"" env:"HUIYIN_ENGINE"`
	EngineEvery     time.Duration `help:"How often the engine looks for what is due." default:"10s" env:"HUIYIN_ENGINE_EVERY"`
	TrustedProxies  []string      `help:"Networks (CIDR) whose X-Forwarded-For is believed." env:"HUIYIN_TRUSTED_PROXIES"`
	RequestTimeout  time.Duration `help:"Longest time for one request." default:"30s" env:"HUIYIN_REQUEST_TIMEOUT"`
	ShutdownTimeout time.Duration `help:"How long requests under way may finish at shutdown." default:"15s" env:"HUIYIN_SHUTDOWN_TIMEOUT"`
	PublicPerMinute int           `help:"Anonymous requests a minute from one address; a town hall may sit behind one." default:"600" env:"HUIYIN_PUBLIC_PER_MINUTE"`
	DevicePerMinute int           `help:"How many of those one device may send that names itself in Huiyin-Device." default:"120" env:"HUIYIN_DEVICE_PER_MINUTE"`
	UserPerMinute   int           `help:"Requests a minute of one account, with all its logins." default:"6000" env:"HUIYIN_USER_PER_MINUTE"`
	LoginPerMinute  int           `help:"How many of those one login may send: one device." default:"3000" env:"HUIYIN_LOGIN_PER_MINUTE"`
	CORSOrigins     []string      `help:"Origins, such as https://portal.example, whose pages may use the interface from a browser; none otherwise." env:"HUIYIN_CORS_ORIGINS"`

	OIDCIssuer        string   `name:"oidc-issuer" help:"Believe the access tokens of this OpenID Connect provider: its https address." env:"HUIYIN_OIDC_ISSUER"`
	OIDCAudience      string   `name:"oidc-audience" help:"Whom the provider's tokens for Huiyin are for." env:"HUIYIN_OIDC_AUDIENCE"`
	OIDCUsernameClaim string   `name:"oidc-username-claim" help:"The claim that holds our username." default:"preferred_username" env:"HUIYIN_OIDC_USERNAME_CLAIM"`
	OIDCRoleClaim     string   `name:"oidc-role-claim" help:"The claim with the provider's roles, which narrow what its users do here; a JSON pointer where it is nested." env:"HUIYIN_OIDC_ROLE_CLAIM"`
	OIDCRoles         []string `name:"oidc-roles" help:"What the provider's roles are here: window=clerk,bureau=leader." env:"HUIYIN_OIDC_ROLES"`
}

// ErrDemoAddress refuses a demo that others could reach.
var ErrDemoAddress = errors.New("--demo listens on a loopback address only")

// Validate refuses settings that contradict each other.
func (s Serve) Validate() error {
	host, _, err := net.SplitHostPort(s.Address)
	if err != nil {
		return fmt.Errorf("--address: %w", err)
	}
	if s.Demo && !loopback(host) {
		return ErrDemoAddress
	}
	if s.EngineEvery <= 0 || s.RequestTimeout <= 0 || s.ShutdownTimeout <= 0 {
		return errors.New("durations must be longer than nothing")
	}
	if min(s.PublicPerMinute, s.DevicePerMinute, s.UserPerMinute, s.LoginPerMinute) < 0 {
		return errors.New("a number of requests a minute cannot be negative")
	}
	if s.OIDCIssuer == "" && s.OIDCAudience+s.OIDCRoleClaim+strings.Join(s.OIDCRoles, "") != "" {
		return errors.New("--oidc-issuer: without it the other settings of the provider mean nothing")
	}
	_, err = s.ProviderRoles()
	_, unread := s.Proxies()
	return errors.Join(err, unread, s.checkOrigins())
}

// ProviderRoles gives what each role of the identity provider is here.
func (s Serve) ProviderRoles() (map[string][]string, error) {
	roles := map[string][]string{}
	for _, pair := range s.OIDCRoles {
		value, role, ok := strings.Cut(pair, "=")
		if !ok || value == "" || role == "" {
			return nil, fmt.Errorf("--oidc-roles: %q is not of the form window=clerk", pair)
		}
		roles[value] = append(roles[value], role)
	}
	return roles, nil
}

// checkOrigins refuses what is not, letter for letter, an origin as browsers write
// it: scheme, host and port if it is not the usual one. There is no word for all.
func (s Serve) checkOrigins() error {
	for _, text := range s.CORSOrigins {
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || !plainHost.MatchString(u.Host) || u.Scheme+"://"+u.Host != text {
			return fmt.Errorf("--cors-origins: %q is no origin such as https://portal.example", text)
		}
	}
	return nil
}

var plainHost = regexp.MustCompile(`^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]+)?$`)

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// Proxies gives the trusted networks.
func (s Serve) Proxies() ([]*net.IPNet, error) {
	var nets []*net.IPNet
	for _, text := range s.TrustedProxies {
		_, network, err := net.ParseCIDR(text)
		if err != nil {
			return nil, fmt.Errorf("--trusted-proxies: %w", err)
		}
		nets = append(nets, network)
	}
	return nets, nil
}
