// Package apitest checks answers of Huiyin against its contract, for the tests
// of the interface and of the whole server.
//
// It guarantees that an answer which passes has a status, a content type and a
// body that the committed OpenAPI document allows for its route.
package apitest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/huiyin/huiyin/docs"
)

// contract is a router over the committed document, whatever the host.
var contract = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromData(docs.OpenAPI)
	if err != nil {
		return nil, err
	}
	doc.Servers = nil
	return gorillamux.NewRouter(doc)
})

// Contract returns an error when the answer to a request is not one that the
// OpenAPI document allows. The body was read from res before; req needs its
// method and address only.
func Contract(req *http.Request, res *http.Response, body []byte) error {
	router, err := contract()
	if err != nil {
		return fmt.Errorf("reading the contract: %w", err)
	}
	route, params, err := router.FindRoute(req)
	if err != nil {
		return fmt.Errorf("%s %s is not in the contract: %w", req.Method, req.URL.Path, err)
	}
	err = openapi3filter.ValidateResponse(req.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 res.StatusCode, Header: res.Header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
	if err != nil {
		return fmt.Errorf("%s %s, %d: %w\n%.2000s", req.Method, req.URL.Path, res.StatusCode, err, body)
	}
	return nil
}
