// Package spec judges requests to Telegram's Bot API by the machine-readable
// description of it: known method, required parameters, no unknown ones, whole
// numbers and truth values well formed, composite parameters of the right kind
// down to their last field, a file for every attach://.
//
// The description is a JSON file that is no part of the program:
//
//	{"version": "…",
//	 "methods": {"sendMessage": {"fields": [{"name","types","required","description"}]}},
//	 "types":   {"Message": {"fields": […]}, "InputMedia": {"subtypes": ["InputMediaPhoto", …]}}}
//
// A type is "Integer", "Float", "Boolean", "String", "InputFile", "Array of T"
// or the name of another one. A description that ends with "must be x" names
// the only value that a field may have.
package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// ErrDescription reports a file that does not describe the Bot API.
var ErrDescription = errors.New("spec: no description of the Bot API")

// Spec is a description that was read.
type Spec struct {
	Version string
	methods map[string]kind // by the name in small letters
	types   map[string]kind
}

type kind struct {
	Fields   []field  `json:"fields"`
	Subtypes []string `json:"subtypes"`
}

type field struct {
	Name        string   `json:"name"`
	Types       []string `json:"types"`
	Required    bool     `json:"required"`
	Description string   `json:"description"`
	only        string   // the value that it must have; "" any
}

// Load reads a description.
func Load(path string) (*Spec, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var d struct {
		Version        string
		Methods, Types map[string]kind
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDescription, path, err)
	}
	if len(d.Methods) == 0 || len(d.Types) == 0 {
		return nil, fmt.Errorf("%w: %s has %d methods and %d types", ErrDescription, path, len(d.Methods), len(d.Types))
	}
	s := &Spec{Version: d.Version, methods: make(map[string]kind), types: d.Types}
	for name, method := range d.Methods {
		s.methods[strings.ToLower(name)] = method
	}
	for _, t := range d.Types {
		markOnly(t.Fields)
	}
	return s, nil
}

var mustBe = regexp.MustCompile(`must be ([a-z_]+)$`)

func markOnly(fields []field) {
	for i, f := range fields {
		if found := mustBe.FindStringSubmatch(f.Description); found != nil {
			fields[i].only = found[1]
		}
	}
}

// LoadShared reads the description from the folder of shared test material:
// the one that PROMOBOT_SHARED names, or the one beside the repository, whose
// root is given. Without such a folder the error is fs.ErrNotExist; a folder
// without the description is another one.
func LoadShared(root string) (*Spec, error) {
	folder := os.Getenv("PROMOBOT_SHARED")
	if folder == "" {
		folder = filepath.Join(root, "..", "shared")
	}
	if _, err := os.Stat(folder); err != nil {
		return nil, fmt.Errorf("shared test material: %w", err)
	}
	s, err := Load(filepath.Join(folder, "data", "channels", "telegram-bot-api-spec.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s has none", ErrDescription, folder)
	}
	return s, err
}
