// Package docs holds the generated contract of the HTTP interface, so that the
// binary serves exactly what is committed.
package docs

import _ "embed"

// OpenAPI is the OpenAPI 3.0.3 document (JSON) that `make generate` writes from
// the handlers' comments in package api.
//
//go:embed openapi.json
var OpenAPI []byte
