// Package migrations holds the SQL of every table, one set for both engines,
// forward only. Type words that differ are written {{id}}, {{time}}, {{json}}
// and {{bytes}} and replaced when the files run.
package migrations

import "embed"

// Files are the migrations in goose's format.
//
//go:embed *.sql
var Files embed.FS
