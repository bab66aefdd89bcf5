# What a person does with Huiyin's sources. Every target works from a fresh
# clone on Debian or macOS with Go, git, make and curl.

# The binary is static and the tests need no C compiler; .ci/run, which does
# want the race detector, calls the tools below by itself.
export CGO_ENABLED := 0

VERSION  := $(shell git -c safe.directory='*' describe --tags --always --dirty 2>/dev/null || echo unknown)
GO_BUILD := go build -trimpath -buildvcs=false
TESTPG   := tools/bin/testpg
LINT     := tools/bin/golangci-lint

# Tests that want the real messages find them here, where they are.
ifneq (,$(wildcard ../shared/data/README.md))
HUIYIN_REAL_DATA ?= $(abspath ../shared/data)
export HUIYIN_REAL_DATA
endif

# make test PKG=./internal/store/... TEST_FLAGS='-run Conformance -count=1'
PKG        ?= ./...
TEST_FLAGS ?=

.PHONY: help
help:
	@echo 'make run        build, and serve the demo city on 127.0.0.1:8080 from ./data'
	@echo 'make test       all tests, on SQLite and on a PostgreSQL of their own'
	@echo 'make lint       formatting, go vet, golangci-lint, a build without cgo'
	@echo 'make bench X    the benchmarks whose name contains X, all without X'
	@echo 'make generate   everything that is generated and committed'
	@echo 'make build      bin/huiyin'
	@echo 'make clean      remove what was built'

.PHONY: build
build:
	$(GO_BUILD) -ldflags '-s -w -X main.version=$(VERSION)' -o bin/huiyin ./cmd/huiyin

.PHONY: run
run: build
	@mkdir -p data
	bin/huiyin serve --demo

.PHONY: test
test: $(TESTPG)
	@$(TESTPG) -- go test -timeout 30m $(TEST_FLAGS) $(PKG)

.PHONY: lint
lint: $(LINT)
	@unformatted=$$(gofmt -l .); \
	if [ -n "$$unformatted" ]; then echo "gofmt wants to change:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go -C tools vet ./...
	go build -buildvcs=false ./...
	$(LINT) run ./...
	cd tools && bin/golangci-lint run --config ../.golangci.yml --disable forbidigo ./...

.PHONY: generate
generate:
	go generate ./...
	go -C tools build -buildvcs=false -o bin/openapi ./openapi
	tools/bin/openapi -root . -out docs/openapi.json

# `make bench intake` names benchmarks as further goals, which do nothing.
ifeq (bench,$(firstword $(MAKECMDGOALS)))
BENCHMARKS := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
$(foreach name,$(BENCHMARKS),$(eval .PHONY: $(name))$(eval $(name): ; @:))
endif
EMPTY :=
SPACE := $(EMPTY) $(EMPTY)

.PHONY: bench
bench: $(TESTPG)
	@$(TESTPG) -raw -- go test -run '^$$' -bench '(?i)$(subst $(SPACE),|,$(or $(BENCHMARKS),.))' -timeout 60m ./internal/bench/...

.PHONY: bench-intake
bench-intake:
	@$(MAKE) --no-print-directory bench BENCHMARKS=intake

.PHONY: clean
clean:
	rm -rf bin tools/bin

# Go decides whether there is anything to build.
.PHONY: $(TESTPG)
$(TESTPG):
	@go -C tools build -buildvcs=false -o bin/testpg ./testpg

$(LINT): tools/go.mod tools/go.sum
	go -C tools build -buildvcs=false -o bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint
