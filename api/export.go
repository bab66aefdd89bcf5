package api

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/huiyin/huiyin/internal/grievance"
	"github.com/huiyin/huiyin/internal/report"
)

const typeCSV = "text/csv"

var errAccept = grievance.Refuse(grievance.Invalid, "request.accept", "只能以 application/json 或 text/csv 提供")

// wantsCSV reports whether the client's Accept prefers a table for a spreadsheet
// to JSON.
func wantsCSV(c echo.Context) bool {
	csv, json := accepted(c)
	return csv > 0 && csv >= json
}

// acceptable refuses a request whose Accept names neither type.
func acceptable(c echo.Context) error {
	if csv, json := accepted(c); csv == 0 && json == 0 {
		return errAccept
	}
	return nil
}

// accepted gives the weights of both types in the client's Accept. Without one,
// JSON it is.
func accepted(c echo.Context) (csv, json float64) {
	if c.Request().Header.Get("Accept") == "" {
		return 0, 1
	}
	return weight(c, typeCSV, "text/*"), weight(c, "application/json", "application/*", "*/*")
}

// weight gives the greatest weight that the client's Accept gives to one of the
// media ranges; 0 where it names none.
func weight(c echo.Context, ranges ...string) (most float64) {
	for _, line := range c.Request().Header.Values("Accept") {
		for media := range strings.SplitSeq(line, ",") {
			name, rest, _ := strings.Cut(media, ";")
			if slices.Contains(ranges, strings.ToLower(strings.TrimSpace(name))) {
				most = max(most, quality(rest))
			}
		}
	}
	return most
}

// quality reads the weight of a media range (RFC 9110, 12.4.2); 1 without one.
func quality(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if !strings.EqualFold(name, "q") {
			continue
		}
		if q, err := strconv.ParseFloat(value, 64); err == nil {
			return q
		}
	}
	return 1
}

// sendTable streams a table as a file for a spreadsheet; name is the file's, in
// Chinese, without its ending.
func sendTable(c echo.Context, t report.Table, name string) error {
	beginSheet(c, "report.csv", name)
	return report.WriteCSV(c.Response(), t)
}

// beginSheet begins an answer that is a file for a spreadsheet.
func beginSheet(c echo.Context, plain, name string) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, typeCSV+"; charset=utf-8")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+plain+`"; filename*=UTF-8''`+url.PathEscape(name+".csv"))
	h.Set("Cache-Control", "private, no-store")
	c.Response().WriteHeader(http.StatusOK)
}
