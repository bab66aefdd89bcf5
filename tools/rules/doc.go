// Package rules holds the test of .golangci.yml: each rule of the architecture
// is broken once, and the linter has to notice.
package rules
