package api

import (
	"regexp"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
)

// deviceHeader is how an app without a login tells which device it runs on.
const deviceHeader = "Huiyin-Device"

var (
	goodDevice = regexp.MustCompile(`^[A-Za-z0-9._~-]{16,64}$`)
	errDevice  = grievance.Refuse(grievance.Invalid, "request.device", "Huiyin-Device 应为 16 至 64 个字母、数字或 . _ ~ -，由设备随机生成")
)

// strangers makes the limiter of one kind of endpoint that needs no login: the
// address has an allowance, and a device that names itself a part of it. A name
// that is made up wins nothing, for the address pays as well; it only keeps a
// device that asks too much from using up what its neighbours need.
func (s *server) strangers(kind string) *limiter {
	return newLimiter(s.Pace, newPolicy(kind, s.Rates.Address), newPolicy(kind+"-device", s.Rates.Device))
}

// members makes the limiter of everything that needs a login.
func (s *server) members() *limiter {
	return newLimiter(s.Pace, newPolicy("account", s.Rates.Account), newPolicy("login", s.Rates.Login))
}

// limit holds an endpoint that needs no login to the allowances of strangers.
func (l *limiter) limit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		address, device, err := strangerOf(c)
		if err != nil {
			return err
		}
		if err := l.spend(c, address, device); err != nil {
			return err
		}
		return next(c)
	}
}

// strangerOf gives whose allowances a request without a login spends: its
// address's and, if it names one, its device's at that address.
func strangerOf(c echo.Context) (address, device string, err error) {
	address = sharer(c.RealIP()).String()
	named := c.Request().Header.Values(deviceHeader)
	switch {
	case len(named) == 0:
		return address, "", nil
	case len(named) > 1 || !goodDevice.MatchString(named[0]):
		return "", "", errDevice
	}
	return address, address + " " + named[0], nil
}

// memberOf gives whose allowances a request with a login spends: the account's,
// and those of what it came through.
func memberOf(a grievance.Actor) (account, login string) {
	return a.UserID.String(), a.UserID.String() + " " + a.Through
}
