package config

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func valid() Serve {
	return Serve{Address: "127.0.0.1:8080", EngineEvery: time.Second, RequestTimeout: time.Second, ShutdownTimeout: time.Second}
}

func TestADemoIsLoopbackOnly(t *testing.T) {
	t.Parallel()
	for address, fits := range map[string]bool{
		"127.0.0.1:8080": true, "[::1]:8080": true, "localhost:0": true,
		":8080": false, "0.0.0.0:8080": false, "[::]:8080": false, "192.0.2.7:8080": false, "example.org:80": false,
	} {
		s := valid()
		s.Address, s.Demo = address, true
		if err := s.Validate(); errors.Is(err, ErrDemoAddress) == fits {
			t.Errorf("--demo on %s: %v", address, err)
		}
		s.Demo = false
		if err := s.Validate(); err != nil {
			t.Errorf("%s without --demo: %v", address, err)
		}
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Serve){
		"address without a port": func(s *Serve) { s.Address = "127.0.0.1" },
		"no engine period":       func(s *Serve) { s.EngineEvery = 0 },
		"negative timeout":       func(s *Serve) { s.RequestTimeout = -time.Second },
		"roles without a role":   func(s *Serve) { s.OIDCIssuer, s.OIDCRoles = "https://id.example.org", []string{"window"} },
		"no provider's audience": func(s *Serve) { s.OIDCAudience = "huiyin" },
		"proxy without a mask":   func(s *Serve) { s.TrustedProxies = []string{"10.0.0.1"} },
	} {
		s := valid()
		spoil(&s)
		if err := s.Validate(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestARoleOfTheProviderMayBeSeveralHere(t *testing.T) {
	t.Parallel()
	s := valid()
	s.OIDCIssuer, s.OIDCRoles = "https://id.example.org", []string{"window=clerk", "bureau=leader", "bureau=supervisor", "a=b=c"}
	roles, err := s.ProviderRoles()
	if err != nil || s.Validate() != nil {
		t.Fatal(err, s.Validate())
	}
	if fmt.Sprint(roles) != "map[a:[b=c] bureau:[leader supervisor] window:[clerk]]" {
		t.Errorf("read %v", roles)
	}
}
