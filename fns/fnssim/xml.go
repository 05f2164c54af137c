package fnssim

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// The service's namespaces.
const (
	soapNS   = "http://schemas.xmlsoap.org/soap/envelope/"
	syncNS   = "urn://x-artefacts-gnivc-ru/inplat/servin/OpenApiMessageConsumerService/types/1.0"
	asyncNS  = "urn://x-artefacts-gnivc-ru/inplat/servin/OpenApiAsyncMessageConsumerService/types/1.0"
	authNS   = "urn://x-artefacts-gnivc-ru/ais3/kkt/AuthService/types/1.0"
	ticketNS = "urn://x-artefacts-gnivc-ru/ais3/kkt/KktTicketService/types/1.0"
)

// elem is an element to be written.
type elem struct {
	ns, name string
	text     string
	cdata    bool
	kids     []elem
}

func node(ns, name string, kids ...elem) elem { return elem{ns: ns, name: name, kids: kids} }

func leaf(ns, name, text string) elem { return elem{ns: ns, name: name, text: text} }

// scope is what the elements around have declared.
type scope struct {
	style     string
	defaultNS string
	payload   string // namespace declared as ns2, in the style of the reference
	root      bool
}

// knownPrefixes are declared on the envelope in the prefixed style.
var knownPrefixes = map[string]string{soapNS: "S", syncNS: "ns1", asyncNS: "ns4", authNS: "ns7", ticketNS: "ns9"}

// write writes an element in a style of prefixes.
func (e elem) write(b *strings.Builder, s scope) {
	name, declared, inner := e.named(s)
	b.WriteString("<" + name + declared + ">")
	for _, kid := range e.kids {
		kid.write(b, inner)
	}
	if e.cdata {
		b.WriteString("<![CDATA[" + strings.ReplaceAll(e.text, "]]>", "]]]]><![CDATA[>") + "]]>")
	} else {
		b.WriteString(escape(e.text))
	}
	b.WriteString("</" + name + ">")
}

// named chooses an element's prefix and declarations.
func (e elem) named(s scope) (name, declared string, inner scope) {
	inner = s
	inner.root = false
	switch {
	case s.style == "prefixed" && s.root:
		for ns, prefix := range knownPrefixes {
			declared += fmt.Sprintf(` xmlns:%s="%s"`, prefix, ns)
		}
		return "S:" + e.name, declared, inner
	case s.style == "prefixed" && e.ns != "":
		return knownPrefixes[e.ns] + ":" + e.name, "", inner
	case s.style == "local" && e.ns != "":
		return "q:" + e.name, fmt.Sprintf(` xmlns:q="%s"`, e.ns), inner
	case s.style == "reference" && e.ns == soapNS:
		return e.soapNamed(s, inner)
	case s.style == "reference" && (e.ns == authNS || e.ns == ticketNS):
		return e.payloadNamed(s, inner)
	case e.ns == s.defaultNS:
		return e.name, "", inner
	}
	inner.defaultNS = e.ns
	return e.name, fmt.Sprintf(` xmlns="%s"`, e.ns), inner
}

func (e elem) soapNamed(s, inner scope) (name, declared string, _ scope) {
	if s.root {
		declared = fmt.Sprintf(` xmlns:soap="%s"`, soapNS)
	}
	return "soap:" + e.name, declared, inner
}

// payloadNamed declares a payload's namespace twice and others for nothing, as
// the service does.
func (e elem) payloadNamed(s, inner scope) (name, declared string, _ scope) {
	if s.payload == e.ns {
		return "ns2:" + e.name, "", inner
	}
	inner.payload, inner.defaultNS = e.ns, e.ns
	declared = fmt.Sprintf(` xmlns="%s" xmlns:ns2="%s" xmlns:ns3="%s" xmlns:SOAP-ENV="%s"`, e.ns, e.ns, syncNS, soapNS)
	return e.name, declared, inner
}

// envelope wraps the content of a body.
func envelope(content elem, style string) string {
	var b strings.Builder
	node(soapNS, "Envelope", node(soapNS, "Body", content)).write(&b, scope{style: style, root: true})
	return b.String()
}

// faultElem writes a fault.
func faultElem(f fault) elem {
	code := "soap:Server"
	if f.client {
		code = "soap:Client"
	}
	kids := []elem{leaf("", "faultcode", code), leaf("", "faultstring", f.text)}
	if f.detail != "" {
		inner := node(asyncNS, f.detail)
		if f.detail == "RateLimitingFault" {
			inner.kids = []elem{leaf(asyncNS, "errorCode", "429")}
		}
		kids = append(kids, node("", "detail", inner))
	}
	return node(soapNS, "Fault", kids...)
}

func escape(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		panic(err) // a strings.Builder never refuses
	}
	return b.String()
}
