# CI runs `make test` and `make lint`. Everything else is for the person at the keyboard.

GO      ?= go
BIN     := relaytop
LINT    := .tools/bin/golangci-lint
FUZZFOR ?= 10s
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)

.PHONY: run build test lint fmt bench fuzz golden check clean help

run: build ## open the dashboard; without a key on the built-in simulated relay
	@exec ./$(BIN)

build: ## build ./relaytop
	@CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) .

test: build ## build, vet, and the tests under the race detector with the golden screens
	$(GO) vet ./...
	$(GO) test -race -timeout 15m ./...

lint: $(LINT) ## golangci-lint with the import arrows of .golangci.yml; its first run builds it into .tools/bin
	$(LINT) run ./...

$(LINT): .tools/go.mod .tools/go.sum
	cd .tools && $(GO) build -o bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

fmt: $(LINT) ## format every file
	$(LINT) fmt ./...

bench: ## every benchmark once, with allocations
	$(GO) test -run '^$$' -bench . -benchmem ./...

fuzz: ## every fuzz target for FUZZFOR (10s unless told)
	@set -e; for p in $$($(GO) list ./...); do for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz' || true); do \
		echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZFOR) $$p; done; done

golden: ## rewrite the golden screens; look at the difference before you commit it
	UPDATE_GOLDEN=1 $(GO) test ./ui/...

check: fmt lint test ## format, lint and test: all that CI checks

clean: ## remove what the build made
	rm -rf $(BIN) .tools/bin

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
