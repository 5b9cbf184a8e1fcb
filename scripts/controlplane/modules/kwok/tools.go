//go:build tools

// The programs that `npm run controlplane` builds: `go mod tidy` keeps what they need in go.mod and go.sum.
package tools

import (
	_ "sigs.k8s.io/kwok/cmd/kwok"
)
