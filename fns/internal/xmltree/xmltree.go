// Package xmltree reads a small XML document into a tree whose elements are
// found by namespace and local name, whatever prefixes the sender chose.
package xmltree

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// Node is an element.
type Node struct {
	XMLName xml.Name
	Chars   string `xml:",chardata"`
	Nodes   []Node `xml:",any"`
}

// Parse reads a whole document. Text in CDATA and text with entities come out
// the same.
func Parse(document []byte) (*Node, error) {
	document = bytes.TrimPrefix(document, []byte("\uFEFF"))
	var root Node
	if err := xml.Unmarshal(document, &root); err != nil {
		return nil, fmt.Errorf("xml: %w", err)
	}
	return &root, nil
}

// Child finds the first child by name: one in the namespace, else one without
// any. It returns nil if there is none, and may be called on nil.
func (n *Node) Child(space, local string) *Node {
	if n == nil {
		return nil
	}
	var bare *Node
	for i := range n.Nodes {
		switch n.Nodes[i].XMLName {
		case xml.Name{Space: space, Local: local}:
			return &n.Nodes[i]
		case xml.Name{Local: local}:
			if bare == nil {
				bare = &n.Nodes[i]
			}
		}
	}
	return bare
}

// First returns the first child element, or nil.
func (n *Node) First() *Node {
	if n == nil || len(n.Nodes) == 0 {
		return nil
	}
	return &n.Nodes[0]
}

// Named reports whether the element has this name.
func (n *Node) Named(space, local string) bool {
	return n != nil && n.XMLName == xml.Name{Space: space, Local: local}
}

// Text is the element's own text, trimmed; "" for nil.
func (n *Node) Text() string {
	if n == nil {
		return ""
	}
	return strings.TrimSpace(n.Chars)
}
