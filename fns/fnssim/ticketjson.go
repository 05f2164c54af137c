package fnssim

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"promobot/fns"
)

// The official document. Fields that a client must not keep are there too.
type document struct {
	ID       int64          `json:"id"`
	OFD      string         `json:"ofdId"`
	Version  int            `json:"protocolVersion"`
	Subtype  string         `json:"subtype"`
	Received map[string]any `json:"receiveDate"`
	RNM      string         `json:"kktRegId"`
	Address  string         `json:"address"`
	Content  any            `json:"content"`
}

type content struct {
	Code         int    `json:"code"`
	Format       int    `json:"fiscalDocumentFormatVer"`
	User         string `json:"user"`
	UserINN      string `json:"userInn"`
	Place        string `json:"retailPlace,omitempty"`
	PlaceAddress string `json:"retailPlaceAddress,omitempty"`
	Operator     string `json:"operator"`
	RNM          string `json:"kktRegId"`
	FN           string `json:"fiscalDriveNumber"`
	FD           int64  `json:"fiscalDocumentNumber"`
	FP           int64  `json:"fiscalSign"`
	Shift        int64  `json:"shiftNumber"`
	Number       int64  `json:"requestNumber"`
	Operation    int    `json:"operationType"`
	Taxation     int    `json:"appliedTaxationType"`
	At           any    `json:"dateTime"`
	Total        int64  `json:"totalSum"`
	Cash         int64  `json:"cashTotalSum"`
	Card         int64  `json:"ecashTotalSum"`
	Items        []line `json:"items,omitempty"`
}

type line struct {
	Name        string         `json:"name"`
	Price       int64          `json:"price"`
	Quantity    json.Number    `json:"quantity"`
	Sum         int64          `json:"sum"`
	VAT         int            `json:"nds"`
	PaymentType int            `json:"paymentType,omitempty"`
	ProductType int            `json:"productType,omitempty"`
	Code        map[string]any `json:"productCodeNew,omitempty"`
}

const (
	paddedINN = 12
	paddedRNM = 20
	vat22     = 11
	fullPay   = 4
)

// ticketText writes a ticket as the service would, spoilt if a switch says so.
func (s *Sim) ticketText(t fns.Ticket) string {
	if s.roll(s.switches.Fault["wrongJSON"]) {
		return `{"id":1,"content":{"code":3,"totalSum":"` + t.Total.String() + ` руб"`
	}
	original := s.originals[t.Key]
	if s.roll(s.switches.Fault["otherReceipt"]) {
		t.FD, t.Total, t.At = t.FD%fns.MaxNumber+1, t.Total+1, t.At.Add(time.Minute)
	}
	rnm := fmt.Sprintf("%016d", t.FP)
	var inner any = s.content(t, rnm)
	if original != nil {
		inner = s.loaded(t, original)
	}
	text, err := json.Marshal(document{
		ID: t.FD<<20 + t.FP, OFD: "ofd9", Version: 2, Subtype: "receipt",
		Received: map[string]any{"$date": t.At.Add(time.Minute).UnixMilli()},
		RNM:      pad(rnm, paddedRNM), Address: t.Address,
		Content: inner,
	})
	if err != nil {
		panic(err) // numbers and texts only
	}
	return string(text)
}

func (s *Sim) content(t fns.Ticket, rnm string) content {
	c := content{
		Code: 3, Format: 4,
		User: t.Seller, UserINN: pad(t.SellerINN, paddedINN), Place: t.Place, PlaceAddress: t.Address,
		Operator: "Кассир", RNM: pad(rnm, paddedRNM), FN: t.FN, FD: t.FD, FP: t.FP,
		Shift: t.FD/100 + 1, Number: t.FD%100 + 1, Operation: int(t.Operation), Taxation: 1,
		At: s.dateTime(t.At), Total: int64(t.Total), Card: int64(t.Total),
	}
	if s.switches.ItemsMissing {
		return c
	}
	for _, item := range t.Items {
		c.Items = append(c.Items, lineOf(item))
	}
	return c
}

// loaded is the content of a document that was loaded: its own fields, with
// those that name it written as the service writes them.
func (s *Sim) loaded(t fns.Ticket, original map[string]any) map[string]any {
	c := maps.Clone(original)
	if c["code"] == nil {
		c["code"] = 3
	}
	if t.SellerINN != "" {
		c["userInn"] = pad(t.SellerINN, paddedINN)
	}
	c["fiscalDriveNumber"], c["fiscalDocumentNumber"], c["fiscalSign"] = t.FN, t.FD, t.FP
	c["operationType"], c["totalSum"], c["dateTime"] = int(t.Operation), int64(t.Total), s.dateTime(t.At)
	delete(c, "localDateTime") // the service has none
	if s.switches.ItemsMissing {
		delete(c, "items")
	}
	return c
}

func (s *Sim) dateTime(at time.Time) any {
	switch s.switches.Dialect.DateTime {
	case "date":
		return map[string]any{"$date": at.UnixMilli()}
	case "iso":
		return at.Format("2006-01-02T15:04:05")
	}
	return at.Unix()
}

func lineOf(item fns.Item) line {
	l := line{
		Name: item.Name, Price: int64(item.Price), Quantity: json.Number(item.Quantity.String()), Sum: int64(item.Sum),
		VAT: vat22, PaymentType: item.PaymentType, ProductType: item.ProductType,
	}
	if item.GTIN == "" {
		return l
	}
	if item.ProductType == marked {
		serial := fmt.Sprintf("5aB?c1D%06d", item.Sum%1_000_000)
		l.Code = map[string]any{"gs1m": map[string]any{"gtin": item.GTIN, "sernum": serial, "productIdType": 6, "rawProductCode": "01" + item.GTIN + "21" + serial}}
		return l
	}
	l.Code = map[string]any{"ean13": map[string]any{"gtin": item.GTIN[1:], "productIdType": 3, "rawProductCode": item.GTIN[1:]}}
	return l
}

func pad(text string, width int) string { return fmt.Sprintf("%-*s", width, text) }
