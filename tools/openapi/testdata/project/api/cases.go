package api

import (
	"net/http"
	"time"

	"github.com/huiyin/huiyin/internal/calendar"
	"github.com/huiyin/huiyin/internal/grievance"
)

// caseView is a case as its viewer may see it.
type caseView struct {
	ID         grievance.CaseID `json:"id" format:"uuid"`
	Nature     grievance.Nature `json:"nature"`
	ReceivedAt time.Time        `json:"received_at"`
	// When it has to be answered; null while no clock runs.
	DueAt   *time.Time        `json:"due_at" extensions:"x-nullable"`
	DueOn   calendar.Date     `json:"due_on"`
	Handler *personView       `json:"handler,omitempty"`
	Labels  map[string]string `json:"labels"`
	// free-form: the client's own notes, returned as they came
	Extra map[string]any `json:"extra,omitempty"`
} // @name Case

// personView is a person.
type personView struct {
	Name string `json:"name"`
} // @name Person

// caseList is a page of cases.
type caseList struct {
	Items []caseView `json:"items"`
	Next  string     `json:"next,omitempty"`
} // @name CaseList

// problem is a refusal.
type problem struct {
	Code   string `json:"code"`
	Status int    `json:"status"`
} // @name Problem

type registration struct {
	Title   string           `json:"title" validate:"required,max=200"`
	Channel string           `json:"channel" validate:"max=20"`
	Nature  grievance.Nature `json:"nature,omitempty"`
	Person  *personView      `json:"person,omitempty"`
} // @name Registration

// ListCases lists.
//
// @Summary  Cases that the caller may see
// @Tags     cases
// @Security Bearer
// @Produce  json,text/csv
// @Param    limit query int false "how many" maximum(200) default(50)
// @Success  200 {object} caseList
// @Header   200 {string} Link "the next page"
// @Success  304
// @Failure  401,404 {object} problem
// @Router   /api/v1/cases [get]
func ListCases(http.ResponseWriter, *http.Request) {}

// RegisterCase registers.
//
// @Summary  Register a case
// @Tags     cases
// @Security Bearer
// @Accept   json
// @Produce  json
// @Param    Idempotency-Key header string false "the same key, the same case"
// @Param    body body registration true "the case"
// @Success  201 {object} caseView
// @Failure  default {object} problem
// @Router   /api/v1/cases [post]
func RegisterCase(http.ResponseWriter, *http.Request) {}

// Assign assigns.
//
// @Summary  Assign a case
// @Tags     cases
// @Security Bearer
// @Accept   json
// @Param    id path string true "the case" format(uuid)
// @Param    body body grievance.Assignment true "to whom"
// @Success  204
// @Failure  default {object} problem
// @Router   /api/v1/cases/{id}/assign [post]
func Assign(http.ResponseWriter, *http.Request) {}

// Healthz answers.
//
// @Summary Whether the process lives
// @Tags    operations
// @Produce plain
// @Success 200 {string} string
// @Router  /healthz [get]
func Healthz(http.ResponseWriter, *http.Request) {}
