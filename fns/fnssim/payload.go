package fnssim

import (
	"fmt"
	"strconv"
	"time"

	"promobot/fns"
	"promobot/fns/internal/xmltree"
	"promobot/internal/money"
)

// query is a request for a receipt. Its fields may be out of range.
type query struct {
	fns.QR
	check     bool
	malformed bool
}

// infoFields is the fixed order of the info group.
var infoFields = []string{"Sum", "Date", "Fn", "TypeOperation", "FiscalDocumentId", "FiscalSign"}

// readPayload reads the one element of a message. Order and types are those of
// the contract; ranges are judged later, with a result code.
func (s *Sim) readPayload(payload *xmltree.Node) (query, *fault) {
	var q query
	var infoName string
	switch {
	case payload.Named(ticketNS, "GetTicketRequest"):
		infoName = "GetTicketInfo"
	case payload.Named(ticketNS, "CheckTicketRequest"):
		infoName, q.check = "CheckTicketInfo", true
	case payload == nil:
		f := unmarshalling("Message is empty")
		return q, &f
	default:
		return q, &fault{text: fmt.Sprintf("Метод %s отсутствует в списке доступа для переданного токена", payload.XMLName.Local)}
	}
	err := q.read(payload.Child(ticketNS, infoName))
	if err == nil && s.switches.RequireGeoInfo && payload.Child(ticketNS, "GeoInfo") == nil {
		err = fmt.Errorf("GeoInfo is missing")
	}
	if err != nil {
		f := unmarshalling(err.Error())
		return q, &f
	}
	return q, nil
}

func (q *query) read(info *xmltree.Node) error {
	if info == nil {
		return fmt.Errorf("the info element is missing")
	}
	for i, field := range infoFields {
		if i >= len(info.Nodes) || !info.Nodes[i].Named(ticketNS, field) {
			return fmt.Errorf("element %s is expected at place %d", field, i+1)
		}
	}
	if rest := info.Nodes[len(infoFields):]; len(rest) > 1 || len(rest) == 1 && (q.check || !rest[0].Named(ticketNS, "RawData")) {
		return fmt.Errorf("unexpected element %s", rest[0].XMLName.Local)
	}
	return q.fill(info)
}

func (q *query) fill(info *xmltree.Node) error {
	numbers := make(map[string]int64)
	for _, field := range []string{"Sum", "TypeOperation", "FiscalDocumentId"} {
		n, err := strconv.ParseInt(info.Child(ticketNS, field).Text(), 10, 64)
		if err != nil {
			return fmt.Errorf("%s is not an integer", field)
		}
		numbers[field] = n
	}
	at, dateErr := time.Parse("2006-01-02T15:04:05", info.Child(ticketNS, "Date").Text())
	sign, signErr := strconv.ParseInt(info.Child(ticketNS, "FiscalSign").Text(), 10, 64)
	q.QR = fns.QR{
		Key:       fns.Key{FN: info.Child(ticketNS, "Fn").Text(), FD: numbers["FiscalDocumentId"], FP: sign},
		Operation: fns.Operation(numbers["TypeOperation"]),
		At:        at,
		Total:     money.Kopecks(numbers["Sum"]),
	}
	_, err := fns.ParseQR(q.String())
	q.malformed = dateErr != nil || signErr != nil || err != nil
	return nil
}
