package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// Check is one thing that must hold before this process can serve: the
// database answers, the migrations are current, the book is loaded.
type Check struct {
	Name string
	Run  func(context.Context) error
}

// Warning is something that keeps nobody from being served, but that somebody
// must see to: its code, what it is about, and what to do, in Chinese.
type Warning struct {
	Code, Subject, Message string
}

const checkLimit = 2 * time.Second

// Health says whether the process serves.
type Health struct {
	// ok, or unready while any check fails.
	Status string `json:"status" validate:"required" enums:"ok,unready" example:"ok"`
	// What was checked; empty for liveness.
	Checks []CheckResult `json:"checks,omitempty"`
	// What keeps nobody from being served, but somebody must see to.
	Warnings []HealthWarning `json:"warnings,omitempty"`
} // @name Health

// HealthWarning is something that somebody must see to.
type HealthWarning struct {
	// The stable name of the warning.
	Code string `json:"code" validate:"required" example:"calendar.year_missing"`
	// What it is about.
	Subject string `json:"subject" validate:"required" example:"2027"`
	Detail  string `json:"detail" validate:"required" example:"该年度的节假日安排尚未公布到系统"`
} // @name HealthWarning

// CheckResult is the outcome of one check.
type CheckResult struct {
	Name   string `json:"name" validate:"required" example:"database"`
	Status string `json:"status" validate:"required" enums:"ok,failed" example:"ok"`
} // @name CheckResult

// alive answers that the process runs.
//
//	@Summary		存活检查 / liveness
//	@Description	进程在运行即为 ok，不检查数据库。 The process runs; nothing else is checked.
//	@Tags			operations
//	@Produce		json
//	@Success		200	{object}	Health
//	@Router			/healthz [get]
func (s *server) alive(c echo.Context) error { return c.JSON(http.StatusOK, Health{Status: "ok"}) }

// ready answers whether requests can be served, with each check's outcome. Why
// one failed stands in the log alone.
//
//	@Summary		就绪检查 / readiness
//	@Description	数据库可用、迁移已完成、组织数据已加载时为 ok；warnings 列出需要有人处理的事。 The database answers, migrations are current, the book is loaded; warnings names what somebody must see to.
//	@Tags			operations
//	@Produce		json
//	@Success		200	{object}	Health
//	@Failure		503	{object}	Health	"some check fails"
//	@Router			/readyz [get]
func (s *server) ready(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), checkLimit)
	defer cancel()
	health, status := Health{Status: "ok"}, http.StatusOK
	for _, check := range s.Checks {
		result := CheckResult{Name: check.Name, Status: "ok"}
		if err := check.Run(ctx); err != nil {
			s.Log.Warn("not ready", "check", check.Name, "error", err)
			result.Status, health.Status, status = "failed", "unready", http.StatusServiceUnavailable
		}
		health.Checks = append(health.Checks, result)
	}
	if s.Warnings != nil && status == http.StatusOK {
		health.Warnings = warningsView(s.Warnings(ctx), voiceOf(c))
	}
	return c.JSON(status, health)
}

func warningsView(list []Warning, v *voice) (shown []HealthWarning) {
	for _, w := range list {
		shown = append(shown, HealthWarning{Code: w.Code, Subject: w.Subject, Detail: v.detail(w.Code, w.Message)})
	}
	return shown
}
