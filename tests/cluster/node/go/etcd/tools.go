//go:build tools

// Package node names the command that the test node is built from.
package node

import _ "go.etcd.io/etcd/server/v3"
