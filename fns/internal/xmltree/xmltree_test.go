package xmltree

import "testing"

func TestParse(t *testing.T) {
	root, err := Parse([]byte("\uFEFF" + `<?xml version="1.0" encoding="UTF-8"?>
		<a:r xmlns:a="urn:one" xmlns="urn:two"><x>two</x><a:x>&quot;o&amp;<![CDATA[<n>]]>e&quot; </a:x><y xmlns="">bare</y></a:r>`))
	if err != nil {
		t.Fatal(err)
	}
	if !root.Named("urn:one", "r") || root.Named("urn:two", "r") {
		t.Errorf("root is %v", root.XMLName)
	}
	for _, tt := range []struct{ space, local, want string }{
		{"urn:one", "x", `"o&<n>e"`},
		{"urn:two", "x", "two"},
		{"urn:one", "y", "bare"},
		{"urn:three", "x", ""},
		{"urn:one", "z", ""},
	} {
		if got := root.Child(tt.space, tt.local).Text(); got != tt.want {
			t.Errorf("%s %s: got %q, want %q", tt.space, tt.local, got, tt.want)
		}
	}
	if got := root.First().Text(); got != "two" {
		t.Errorf("first child: %q", got)
	}
	var none *Node
	if none.Child("a", "b").First().Text() != "" || none.Named("", "") {
		t.Error("nil is not empty")
	}
}

func TestParseRefuses(t *testing.T) {
	for _, document := range []string{"", "text", "<a>", "<a></b>", "<a>&nbsp;</a>", `<?xml version="1.0" encoding="utf-16"?><a/>`} {
		if _, err := Parse([]byte(document)); err == nil {
			t.Errorf("%q was read", document)
		}
	}
}
