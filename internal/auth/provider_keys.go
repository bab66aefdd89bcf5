package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/go-json-experiment/json"
	"github.com/golang-jwt/jwt/v5"

	"github.com/huiyin/huiyin/internal/clock"
)

const (
	// rereadProvider is how old the provider's keys may be before they are read
	// again, and rereadProviderSooner how soon after an attempt the next may be:
	// because it failed, or because a token has a key that is not known. So
	// nobody makes us ask the provider more often by sending made-up tokens.
	rereadProvider       = 5 * time.Minute
	rereadProviderSooner = 10 * time.Second

	// providerTail is for how long keys are believed that cannot be read again.
	providerTail = time.Hour

	askProvider      = 5 * time.Second // for both of its documents
	providerDocument = 1 << 20         // bytes that each may have
)

// provider is an identity provider, with its keys as they are known.
type provider struct {
	ProviderSettings
	clock   clock.Clock
	client  *http.Client
	parser  *jwt.Parser
	keys    atomic.Pointer[providerKeys]
	reading chan struct{} // has room for whoever reads the keys
}

// providerKeys are the keys that were read last, if ever, and what came of the
// last attempt.
type providerKeys struct {
	known   keyfunc.Keyfunc // none: never read
	readAt  time.Time
	triedAt time.Time
	err     error
}

func newProvider(settings ProviderSettings, ck clock.Clock) *provider {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true // it is asked every few minutes
	p := &provider{
		ProviderSettings: settings, clock: ck, reading: make(chan struct{}, 1),
		client: &http.Client{Transport: bounded{transport}, CheckRedirect: stay, Timeout: askProvider},
	}
	p.parser = p.newParser()
	p.keys.Store(&providerKeys{})
	return p
}

// bounded reads no more of an answer than a provider's document has.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = http.MaxBytesReader(nil, res.Body, providerDocument)
	}
	return res, err
}

// stay follows nobody elsewhere: what an address says is what it says itself.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// believed reports whether the keys were read, and not too long ago.
func (k *providerKeys) believed(now time.Time) bool {
	return k.known != nil && now.Sub(k.readAt) < providerTail
}

// due reports whether the keys are to be read again.
func (k *providerKeys) due(now time.Time, age time.Duration) bool {
	fresh := k.known != nil && now.Sub(k.readAt) < age
	return !fresh && now.Sub(k.triedAt) >= rereadProviderSooner
}

// current gives the keys as they were read at most a while ago, if they can be
// read again so soon. Who knows keys that are still believed does not wait while
// somebody else reads them; who knows none does.
func (p *provider) current(ctx context.Context, age time.Duration) *providerKeys {
	k, now := p.keys.Load(), p.clock.Now()
	if !k.due(now, age) {
		return k
	}
	if !p.enter(ctx, k.believed(now)) {
		return p.keys.Load()
	}
	defer func() { <-p.reading }()
	if k = p.keys.Load(); k.due(now, age) {
		k = p.read(context.WithoutCancel(ctx)) // whoever asked may be gone; others wait
	}
	return k
}

func (p *provider) enter(ctx context.Context, hurry bool) bool {
	select {
	case p.reading <- struct{}{}:
		return true
	default:
	}
	if hurry {
		return false
	}
	select {
	case p.reading <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// read asks the provider, and keeps the keys of before where it does not answer.
// One at a time may.
func (p *provider) read(ctx context.Context) *providerKeys {
	was, now := p.keys.Load(), p.clock.Now()
	next := &providerKeys{known: was.known, readAt: was.readAt, triedAt: now}
	known, err := p.ask(ctx)
	if next.err = err; err == nil {
		next.known, next.readAt = known, now
	}
	p.keys.Store(next)
	return next
}

// ask reads the provider's discovery document (OpenID Connect Discovery 1.0,
// section 4) and the key set that it names.
func (p *provider) ask(ctx context.Context) (keyfunc.Keyfunc, error) {
	ctx, cancel := context.WithTimeout(ctx, askProvider)
	defer cancel()
	address, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	set, err := jwkset.NewStorageFromHTTP(address, jwkset.HTTPClientStorageOptions{Client: p.client, Ctx: ctx, HTTPTimeout: askProvider})
	if err != nil {
		return nil, fmt.Errorf("reading the provider's keys: %w", err)
	}
	if err := dropSecrets(ctx, set); err != nil {
		return nil, err
	}
	return keyfunc.New(keyfunc.Options{Ctx: ctx, Storage: set, UseWhitelist: []jwkset.USE{jwkset.UseSig, ""}})
}

// dropSecrets takes symmetric keys out of a set: with one that is published,
// everybody could sign. It refuses a set that has no other.
func dropSecrets(ctx context.Context, set jwkset.Storage) error {
	all, err := set.KeyReadAll(ctx)
	if err != nil {
		return err
	}
	public := slices.DeleteFunc(all, func(k jwkset.JWK) bool {
		_, secret := k.Key().([]byte)
		return secret
	})
	if len(public) == 0 {
		return errors.New("the provider publishes no key that can be used")
	}
	return set.KeyReplaceAll(ctx, public)
}

func (p *provider) discover(ctx context.Context) (jwks string, err error) {
	address := strings.TrimSuffix(p.Issuer, "/") + "/.well-known/openid-configuration"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	res, err := p.client.Do(req)
	if err != nil {
		return "", fmt.Errorf("asking the provider: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	var said struct {
		Issuer string `json:"issuer"`
		JWKS   string `json:"jwks_uri"`
	}
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("asking the provider: status %d", res.StatusCode)
	}
	if err := json.UnmarshalRead(res.Body, &said); err != nil {
		return "", fmt.Errorf("reading the provider's discovery document: %w", err)
	}
	if said.Issuer != p.Issuer || !trustworthy(said.JWKS) {
		return "", fmt.Errorf("the discovery document names the issuer %q and the keys %q", said.Issuer, said.JWKS)
	}
	return said.JWKS, nil
}

// ReadProvider asks the provider for its keys now, and tells why it has none;
// nil without a provider. Whoever serves calls it every RereadProvider, so that
// requests do not have to wait for it.
func (s *Service) ReadProvider(ctx context.Context) error {
	if s.provider == nil {
		return nil
	}
	if !s.provider.enter(ctx, false) {
		return ctx.Err()
	}
	defer func() { <-s.provider.reading }()
	return s.provider.read(ctx).err
}

// ProviderDown tells the provider's issuer where it could not be asked the last
// time that we tried.
func (s *Service) ProviderDown() (issuer string, down bool) {
	if s.provider == nil {
		return "", false
	}
	return s.provider.Issuer, s.provider.keys.Load().err != nil
}
