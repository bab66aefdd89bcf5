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

const checkLimit = 2 * time.Second

// Health says whether the process serves.
type Health struct {
	// ok, or unready while any check fails.
	Status string `json:"status" validate:"required" enums:"ok,unready" example:"ok"`
	// What was checked; empty for liveness.
	Checks []CheckResult `json:"checks,omitempty"`
} // @name Health

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
//	@Description	数据库可用、迁移已完成、组织数据已加载时为 ok。 The database answers, migrations are current, the book is loaded.
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
	return c.JSON(status, health)
}
