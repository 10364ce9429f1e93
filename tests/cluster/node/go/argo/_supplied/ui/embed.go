// Package ui without the web pages, which the module archive lacks.
package ui

import "embed"

// EMBED_PATH is where the pages would lie.
const EMBED_PATH = "dist/app"

// Embedded is empty.
var Embedded embed.FS
