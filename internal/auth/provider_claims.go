package auth

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/golang-jwt/jwt/v5"

	"github.com/huiyin/huiyin/internal/grievance"
)

// outsideClaims are those of a provider's token, which has others than ours.
type outsideClaims struct {
	jwt.RegisteredClaims
	all any
}

// UnmarshalJSON refuses repeated members, so that no two readers of a token can
// understand it differently.
func (c *outsideClaims) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, &c.all); err != nil {
		return err
	}
	return json.Unmarshal(b, &c.RegisteredClaims)
}

// at gives a claim by its name, or by its JSON pointer; nil where it is not there.
func (c *outsideClaims) at(name string) any {
	pointer := jsontext.Pointer(name)
	if !strings.HasPrefix(name, "/") {
		pointer = jsontext.Pointer("").AppendToken(name)
	}
	value := c.all
	for token := range pointer.Tokens() {
		object, _ := value.(map[string]any)
		value = object[token]
	}
	return value
}

// text gives a claim that is a text, "" where it is none.
func (c *outsideClaims) text(name string) string {
	s, _ := c.at(name).(string)
	return s
}

// texts gives a claim that is a text or a list of them.
func (c *outsideClaims) texts(name string) (list []string) {
	switch value := c.at(name).(type) {
	case string:
		return []string{value}
	case []any:
		for _, one := range value {
			if s, ok := one.(string); ok {
				list = append(list, s)
			}
		}
	}
	return list
}

// roles gives the roles in which a token lets its user act: nil where the
// provider has no say, none where it says nothing that is mapped.
func (p *provider) roles(c outsideClaims) []grievance.Role {
	if p.RoleClaim == "" {
		return nil
	}
	roles := []grievance.Role{}
	for _, value := range c.texts(p.RoleClaim) {
		roles = append(roles, p.Roles[value]...)
	}
	return roles
}
