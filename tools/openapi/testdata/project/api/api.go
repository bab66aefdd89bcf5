// Package api is a sample.
//
// @title       Huiyin
// @version     1
// @description The sample of the pipeline's test.
// @license.name Apache-2.0
// @BasePath    /
package api
