package authtest

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/huiyin/huiyin/internal/auth"
)

// Hostile is a token that must not be believed, and the code it is refused with.
type Hostile struct {
	Name, Token, Code string
}

// Hostile gives every token of the table at an instant, for which the good one is
// still good. Another is a second good token.
func (f Forger) Hostile(now time.Time, another string) (list []Hostile) {
	invalid := func(tokens [][2]string) {
		for _, t := range tokens {
			list = append(list, Hostile{t[0], t[1], auth.ErrTokenInvalid.Code})
		}
	}
	invalid(f.algorithms())
	invalid(f.headers())
	invalid(f.audiences(now))
	invalid(f.types())
	invalid(f.duplicates())
	invalid(f.parts(another))
	invalid(f.spellings())
	invalid(f.sizes())
	return append(list,
		Hostile{"expired", f.With("exp", now.Unix()), auth.ErrTokenExpired.Code},
		Hostile{"expired long ago", f.With("exp", 1), auth.ErrTokenExpired.Code},
		Hostile{"session that never was", f.With("sid", "01935f3e-0000-7000-8000-000000000001"), auth.ErrSessionEnded.Code},
	)
}

// algorithms are tokens that name another way of signing than ours, or use one.
func (f Forger) algorithms() (list [][2]string) {
	for _, none := range []string{"none", "None", "NONE", "nOnE", "none ", "", "null"} {
		list = append(list, [][2]string{
			{"alg " + none + ", no signature", pack(f.alg(none), f.claims) + "."},
			{"alg " + none + ", no signature, no kid", pack(`{"alg":"`+none+`","typ":"JWT"}`, f.claims) + "."},
			{"alg " + none + ", the good signature", pack(f.alg(none), f.claims) + "." + f.signature},
			{"alg " + none + ", signed", f.signed(f.alg(none), f.claims)},
		}...)
	}
	for _, other := range []string{"RS256", "RS512", "PS256", "ES256", "ES256K", "HS256", "Ed25519", "Ed448", "eddsa", "EDDSA", "dir"} {
		list = append(list, [2]string{"alg " + other + ", signed", f.signed(f.alg(other), f.claims)})
	}
	public := f.private.Public().(ed25519.PublicKey)
	der, err := x509.MarshalPKIXPublicKey(public)
	must(f.t, err)
	for name, secret := range map[string][]byte{
		"the public key": public, "the public key in DER": der,
		"the public key in PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}),
		"x of the JWK":          []byte(base64.RawURLEncoding.EncodeToString(public)),
		"the JWK set":           f.keySet, "nothing": nil, "the kid": []byte(f.kid),
	} {
		list = append(list, [][2]string{
			{"HS256 with " + name, f.mac(jwt.SigningMethodHS256, "HS256", secret)},
			{"HS512 with " + name, f.mac(jwt.SigningMethodHS512, "HS512", secret)},
			{"HS256 with " + name + ", saying EdDSA", f.mac(jwt.SigningMethodHS256, "EdDSA", secret)},
		}...)
	}
	return append(list, [2]string{"no alg", f.signed(`{"typ":"JWT","kid":"`+f.kid+`"}`, f.claims)},
		[2]string{"alg as list", f.signed(strings.Replace(f.header, `"EdDSA"`, `["EdDSA"]`, 1), f.claims)})
}

// headers are tokens that would have their key looked for elsewhere.
func (f Forger) headers() (list [][2]string) {
	stranger := f.stranger()
	for name, kid := range map[string]string{
		"a path": `"../../../../dev/null"`, "a file": `"file:///dev/null"`, "SQL": `"x' OR '1'='1"`,
		"more SQL": `"x' UNION SELECT 'AA'--"`, "a command": `"|id"`, "a URL": `"https://evil.example/key"`,
		"nothing": `""`, "null": "null", "a number": "1", "a list": `["` + f.kid + `"]`, "an object": "{}",
		"unknown": `"unknown"`, "in capitals": `"` + strings.ToUpper(f.kid) + `"`, "with a space": `"` + f.kid + ` "`,
		"with NUL": `"` + f.kid + `\u0000"`, "very long": `"` + strings.Repeat("k", 1000) + `"`, "escaped": `"\u00` + hex(f.kid[0]) + f.kid[1:] + `"`,
	} {
		list = append(list, [2]string{"kid is " + name, stranger.signed(f.keyID(kid), f.claims)},
			[2]string{"kid is " + name + ", signed", f.signed(f.keyID(kid), f.claims)})
	}
	for _, other := range f.others {
		list = append(list, [2]string{"kid of another key of ours", f.signed(f.keyID(`"`+other+`"`), f.claims)})
	}
	for name, member := range map[string]string{
		"jwk": `"jwk":{"kty":"OKP","crv":"Ed25519","x":"` + base64.RawURLEncoding.EncodeToString(stranger.private.Public().(ed25519.PublicKey)) + `"}`,
		"jku": `"jku":"https://evil.example/jwks.json"`, "x5u": `"x5u":"https://evil.example/cert.pem"`,
		"x5c": `"x5c":["MIIB"]`, "x5t": `"x5t":"AAAA"`, "crit": `"crit":["b64"],"b64":false`, "crit of exp": `"crit":["exp"]`,
		"cty": `"cty":"JWT"`, "zip": `"zip":"DEF"`, "enc": `"enc":"A256GCM"`,
		"kid repeated": `"kid":"x"`, "alg repeated": `"alg":"none"`, "the same kid repeated": `"kid":"` + f.kid + `"`, "KID": `"KID":"x"`,
	} {
		list = append(list, [2]string{"header with " + name, stranger.signed(more(f.header, member), f.claims)},
			[2]string{"header with " + name + ", signed", f.signed(more(f.header, member), f.claims)})
	}
	return append(list, [][2]string{
		{"another deployment's key, our kid", stranger.signed(f.header, f.claims)},
		{"no kid", f.signed(`{"alg":"EdDSA","typ":"JWT"}`, f.claims)},
		{"typ of a refresh token", f.signed(strings.Replace(f.header, `"JWT"`, `"refresh"`, 1), f.claims)},
		{"header of another spelling", f.signed(strings.Replace(f.header, ":", ": ", 1), f.claims)},
		{"header with trailing data", f.signed(f.header+"{}", f.claims)},
		{"header that is null", f.signed("null", f.claims)},
	}...)
}

// audiences are tokens of our own key that are not for us, not from us, or not for
// now. One that is for others too could be used here by them: we issue none.
func (f Forger) audiences(now time.Time) [][2]string {
	return [][2]string{
		{"another audience", f.With("aud", []string{"other"})},
		{"ours among other audiences", f.With("aud", []string{"other", "huiyin"})},
		{"ours before other audiences", f.With("aud", []string{"huiyin", "other"})},
		{"ours twice", f.With("aud", []string{"huiyin", "huiyin"})},
		{"audience in capitals", f.With("aud", "HUIYIN")},
		{"empty audience", f.With("aud", "")},
		{"no audiences", f.With("aud", []string{})},
		{"no audience", f.With("aud", nil)},
		{"another issuer", f.With("iss", "other")},
		{"issuer as URL", f.With("iss", "https://huiyin")},
		{"empty issuer", f.With("iss", "")},
		{"no issuer", f.With("iss", nil)},
		{"not yet valid", f.With("nbf", now.Add(time.Hour).Unix())},
		{"expired and of another issuer", f.expiredAndFor("iss", "other")},
		{"expired and for another audience", f.expiredAndFor("aud", "other")},
		{"no expiry", f.With("exp", nil)},
		{"no subject", f.With("sub", nil)},
		{"no session", f.With("sid", nil)},
		{"no jti", f.With("jti", nil)},
		{"empty jti", f.With("jti", "")},
		{"subject of nobody", f.With("sub", "01935f3e-0000-7000-8000-000000000002")},
		{"subject that is no id", f.With("sub", "clerk")},
		{"subject zero", f.With("sub", "00000000-0000-0000-0000-000000000000")},
		{"session that is no id", f.With("sid", "1")},
		{"unknown claim", f.With("role", "admin")},
		{"claim of an identity provider", f.With("scope", "openid")},
	}
}

func (f Forger) expiredAndFor(claim string, value any) string {
	f.claims = f.claimsWith("exp", 1)
	return f.With(claim, value)
}

// types are well signed tokens whose claims are of other types.
func (f Forger) types() (list [][2]string) {
	for _, claim := range []string{"iss", "sub", "sid", "jti"} {
		for name, value := range map[string]any{"number": 1, "list": []string{"x"}, "object": map[string]any{"x": 1}, "boolean": true} {
			list = append(list, [2]string{claim + " as " + name, f.With(claim, value)})
		}
	}
	for _, claim := range []string{"exp", "nbf", "iat"} {
		for name, value := range map[string]any{"word": "tomorrow", "number in quotes": "9999999999", "list": []int{1}, "object": map[string]any{}, "boolean": true} {
			list = append(list, [2]string{claim + " as " + name, f.With(claim, value)})
		}
	}
	for name, value := range map[string]any{"number": 1, "list of numbers": []int{1}, "list of lists": [][]string{{"huiyin"}}, "object": map[string]any{"huiyin": true}, "boolean": true} {
		list = append(list, [2]string{"aud as " + name, f.With("aud", value)})
	}
	for name, claims := range map[string]string{
		"null": "null", "a list": "[]", "a word": `"huiyin"`, "a number": "1", "empty": "", "no object": "{}",
		"no JSON": "{exp:1}", "cut": f.claims[:len(f.claims)-1], "with trailing data": f.claims + "{}",
		"in a list": "[" + f.claims + "]", "with a comment": f.claims + "//", "with a byte order mark": "\ufeff" + f.claims,
		"with bad UTF-8": strings.Replace(f.claims, "huiyin", "huiyin\xff", 1),
		"exp null":       strings.Replace(f.claims, `"exp":`, `"exp":null,"x":`, 1),
		"exp too large":  strings.Replace(f.claims, `"exp":`, `"exp":1e400,"x":`, 1),
	} {
		list = append(list, [2]string{"claims: " + name, f.signed(f.header, claims)})
	}
	return list
}

// duplicates are well signed tokens that say something twice, so that two readers
// could understand them differently.
func (f Forger) duplicates() (list [][2]string) {
	for _, member := range []string{
		`"sub":"01935f3e-0000-7000-8000-000000000002"`, `"exp":9999999999`, `"aud":"other"`, `"aud":["huiyin"]`, `"iss":"huiyin"`,
		`"sid":"01935f3e-0000-7000-8000-000000000001"`, `"jti":"x"`, `"SUB":"01935f3e-0000-7000-8000-000000000002"`,
		`"Exp":9999999999`, `"s\u0075b":"01935f3e-0000-7000-8000-000000000002"`,
	} {
		list = append(list, [2]string{"first " + member, f.signed(f.header, more(f.claims, member))},
			[2]string{"last " + member, f.signed(f.header, strings.TrimSuffix(f.claims, "}")+","+member+"}")})
	}
	return list
}

// parts are good tokens cut up and put together otherwise.
func (f Forger) parts(another string) [][2]string {
	p, q := strings.Split(f.good.Access, "."), strings.Split(another, ".")
	join := func(parts ...string) string { return strings.Join(parts, ".") }
	return [][2]string{
		{"nothing", ""}, {"a dot", "."}, {"two dots", ".."}, {"header only", p[0]}, {"two parts", join(p[0], p[1])},
		{"no signature", join(p[0], p[1], "")}, {"no claims", join(p[0], "", p[2])}, {"no header", join("", p[1], p[2])},
		{"four parts", join(p[0], p[1], p[2], "AAAA")}, {"an empty fourth part", join(p[0], p[1], p[2], "")}, {"five parts", join(p[0], p[1], p[2], p[1], p[2])},
		{"claims and signature swapped", join(p[0], p[2], p[1])}, {"claims as header", join(p[1], p[1], p[2])},
		{"another's claims", join(p[0], q[1], p[2])}, {"another's signature", join(p[0], p[1], q[2])},
		{"another user's subject", pack(f.header, f.claimsWith("sub", "01935f3e-0000-7000-8000-000000000002")) + "." + p[2]},
		{"later expiry", pack(f.header, f.claimsWith("exp", 9999999999)) + "." + p[2]},
		{"cut signature", f.good.Access[:len(f.good.Access)-2]}, {"signature of zeros", join(p[0], p[1], strings.Repeat("A", len(p[2])))},
		{"signature doubled", join(p[0], p[1], p[2]+p[2])}, {"twice", f.good.Access + f.good.Access}, {"list of two", f.good.Access + "," + another},
		{"JSON serialisation", f.text(map[string]string{"protected": p[0], "payload": p[1], "signature": p[2]})}, {"in quotes", `"` + f.good.Access + `"`},
		{"with its scheme", "Bearer " + f.good.Access}, {"the refresh token", f.good.Refresh}, {"the refresh token as claims", join(p[0], strings.TrimPrefix(f.good.Refresh, "hyr_"), p[2])},
	}
}

// spellings are the good token, spelled in another way.
func (f Forger) spellings() (list [][2]string) {
	good := f.good.Access
	p := strings.Split(good, ".")
	for name, space := range map[string]string{"space": " ", "tab": "\t", "line feed": "\n", "line break": "\r\n", "NUL": "\x00", "no-break space": "\u00a0"} {
		list = append(list, [][2]string{
			{name + " before", space + good}, {name + " after", good + space},
			{name + " in the claims", p[0] + "." + p[1][:9] + space + p[1][9:] + "." + p[2]}, {name + " in the signature", good[:len(good)-9] + space + good[len(good)-9:]},
		}...)
	}
	for i, name := range []string{"header", "claims", "signature"} {
		padded := append([]string(nil), p...)
		padded[i] += strings.Repeat("=", (4-len(p[i])%4)%4)
		list = append(list, [2]string{name + " with a = more", strings.Replace(good, p[i], p[i]+"=", 1)})
		if padded[i] != p[i] {
			list = append(list, [2]string{name + " padded", strings.Join(padded, ".")})
		}
		if len(p[i])%4 != 0 {
			list = append(list, [2]string{name + " with stray bits", strings.Replace(good, p[i], p[i][:len(p[i])-1]+stray(p[i][len(p[i])-1]), 1)})
		}
	}
	return append(list, [][2]string{
		{"dots as %2E", strings.ReplaceAll(good, ".", "%2E")}, {"full-width dots", strings.ReplaceAll(good, ".", "．")},
		{"in capitals", strings.ToUpper(good)}, {"standard alphabet", p[0] + "." + p[1] + "." + strings.NewReplacer("-", "+", "_", "/").Replace(p[2]) + "+"},
	}...)
}

func (f Forger) sizes() [][2]string {
	long := strings.Repeat("A", 1<<20)
	deep := strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200)
	return [][2]string{
		{"a megabyte", long}, {"a megabyte of dots", strings.Repeat(".", 1<<20)}, {"a megabyte more", f.good.Access + long},
		{"a megabyte of claims", f.With("jti", long)}, {"a megabyte of header", f.signed(more(f.header, `"x":"`+long+`"`), f.claims)},
		{"deep claims", f.signed(f.header, more(f.claims, `"deep":`+deep))},
	}
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// stray changes the last character of a part in a bit that means nothing.
func stray(c byte) string { return string(alphabet[strings.IndexByte(alphabet, c)^1]) }

func hex(c byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[c>>4], digits[c&15]})
}
