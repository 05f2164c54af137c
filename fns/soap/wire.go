package soap

import (
	"encoding/xml"
	"fmt"
	"strings"

	"promobot/fns"
)

// The service's namespaces.
const (
	soapNS   = "http://schemas.xmlsoap.org/soap/envelope/"
	syncNS   = "urn://x-artefacts-gnivc-ru/inplat/servin/OpenApiMessageConsumerService/types/1.0"
	asyncNS  = "urn://x-artefacts-gnivc-ru/inplat/servin/OpenApiAsyncMessageConsumerService/types/1.0"
	authNS   = "urn://x-artefacts-gnivc-ru/ais3/kkt/AuthService/types/1.0"
	ticketNS = "urn://x-artefacts-gnivc-ru/ais3/kkt/KktTicketService/types/1.0"
)

// operation is a call of the service.
type operation struct {
	name   string // for errors
	path   string
	action string
}

var (
	opAuth = operation{"authenticate", "/open-api/AuthService/0.1", "urn:GetMessageRequest"}
	opSend = operation{"send", "/open-api/ais3/KktService/0.1", "urn:SendMessageRequest"}
	opPoll = operation{"poll", "/open-api/ais3/KktService/0.1", "urn:GetMessageRequest"}
)

const envelope = `<?xml version="1.0" encoding="UTF-8"?>` +
	`<soapenv:Envelope xmlns:soapenv="` + soapNS + `"><soapenv:Header/><soapenv:Body>%s</soapenv:Body></soapenv:Envelope>`

func authRequest(masterToken string) string {
	return fmt.Sprintf(envelope, `<ns:GetMessageRequest xmlns:ns="`+syncNS+`"><ns:Message>`+
		`<tns:AuthRequest xmlns:tns="`+authNS+`"><tns:AuthAppInfo><tns:MasterToken>`+escape(masterToken)+
		`</tns:MasterToken></tns:AuthAppInfo></tns:AuthRequest></ns:Message></ns:GetMessageRequest>`)
}

// sendRequest asks for a ticket. The order of the elements is fixed; RawData is
// left out, since older contracts do not know it.
func sendRequest(q fns.QR, geo bool) string {
	info := fmt.Sprintf(`<tns:Sum>%d</tns:Sum><tns:Date>%s</tns:Date><tns:Fn>%s</tns:Fn>`+
		`<tns:TypeOperation>%d</tns:TypeOperation><tns:FiscalDocumentId>%d</tns:FiscalDocumentId><tns:FiscalSign>%d</tns:FiscalSign>`,
		int64(q.Total), q.At.Format("2006-01-02T15:04:05"), escape(q.FN), int(q.Operation), q.FD, q.FP)
	point := ""
	if geo {
		point = `<tns:GeoInfo><tns:Latitude>0</tns:Latitude><tns:Longitude>0</tns:Longitude></tns:GeoInfo>`
	}
	return fmt.Sprintf(envelope, `<ns:SendMessageRequest xmlns:ns="`+asyncNS+`"><ns:Message>`+
		`<tns:GetTicketRequest xmlns:tns="`+ticketNS+`"><tns:GetTicketInfo>`+info+`</tns:GetTicketInfo>`+point+
		`</tns:GetTicketRequest></ns:Message></ns:SendMessageRequest>`)
}

func pollRequest(messageID string) string {
	return fmt.Sprintf(envelope, `<ns:GetMessageRequest xmlns:ns="`+asyncNS+`"><ns:MessageId>`+
		escape(messageID)+`</ns:MessageId></ns:GetMessageRequest>`)
}

func escape(text string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(text)); err != nil {
		panic(err) // a strings.Builder never refuses
	}
	return b.String()
}
