package demo

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	"promobot/demo/paper"
	"promobot/fns"
	"promobot/fns/fnssim"
	"promobot/internal/money"
)

// errKept reports a simulator that does not take a receipt of ours.
var errKept = errors.New("the simulator did not keep the receipt")

// seller is an invented shop; its taxpayer number is of no company.
type seller struct{ sign, name, inn, address string }

var sellers = []seller{
	{"ВЕСЁЛЫЙ ЛАРЁК", `ООО "ВЕСЁЛЫЙ ЛАРЁК"`, "6900001174", "170000, г. Тверь, ул. Примерная, д. 12"},
	{"У ПРУДА", `ООО "ПРИЛАВОК У ПРУДА"`, "7700002172", "101000, г. Москва, Образцовый пр-д, д. 5"},
	{"ДОБРАЯ КАССА", `АО "ДОБРАЯ КАССА"`, "1600003171", "420000, г. Казань, ул. Пробная, д. 31"},
}

// sale is a document to be made.
type sale struct {
	seller    seller
	at        time.Time // the shop's wall clock
	operation fns.Operation
	total     money.Kopecks
	items     []fns.Item
	of        string // the code of the sale that a refund is of
}

// counter makes documents: in the simulator where there is one, so that the
// paper, the code and the answer of the tax service agree.
type counter struct{ sim *fnssim.Sim }

// sell makes the document and returns its receipt.
func (c counter) sell(s sale) (paper.Receipt, error) {
	q, err := c.code(s)
	if err != nil {
		return paper.Receipt{}, err
	}
	if c.sim != nil {
		err = c.keep(q, s)
	}
	return paper.Receipt{Shop: s.seller.sign, Seller: s.seller.name, INN: s.seller.inn, Address: s.seller.address,
		Items: s.items, Total: s.total, Code: q.String()}, err
}

// code is that of a new document.
func (c counter) code(s sale) (fns.QR, error) {
	if c.sim != nil {
		return c.sim.Mint(fnssim.Order{At: s.at, Operation: s.operation, Sale: s.of, Sum: s.total, Items: s.items})
	}
	key := fns.Key{FN: fmt.Sprintf("9999%012d", number(1_000_000_000_000)), FD: number(1_000_000), FP: number(fns.MaxNumber)}
	return fns.QR{Key: key, Operation: s.operation, At: s.at, Total: s.total}, nil
}

// number is random, from 1 to most.
func number(most int64) int64 {
	n, err := rand.Int(rand.Reader, big.NewInt(most))
	if err != nil {
		panic(err) // never, says crypto/rand
	}
	return n.Int64() + 1
}

// keep tells the simulator which shop the document is of: left alone it
// invents one.
func (c counter) keep(q fns.QR, s sale) error {
	document, err := json.Marshal(map[string]any{
		"fiscalDriveNumber": q.FN, "fiscalDocumentNumber": q.FD, "fiscalSign": q.FP,
		"operationType": int(s.operation), "dateTime": s.at.Unix(), "totalSum": int64(s.total),
		"user": s.seller.name, "userInn": s.seller.inn, "retailPlace": s.seller.sign, "retailPlaceAddress": s.seller.address,
		"items": itemsOf(s.items),
	})
	if err != nil {
		return err
	}
	loaded, _, err := c.sim.Load(bytes.NewReader(document))
	if err == nil && loaded != 1 {
		err = errKept
	}
	return err
}

func itemsOf(items []fns.Item) []map[string]any {
	list := make([]map[string]any, len(items))
	for i, item := range items {
		list[i] = map[string]any{
			"name": item.Name, "price": int64(item.Price), "sum": int64(item.Sum), "quantity": json.Number(item.Quantity.String()),
			"paymentType": item.PaymentType, "productType": item.ProductType,
		}
		if item.GTIN != "" {
			list[i]["productCodeNew"] = map[string]any{"ean13": map[string]any{"gtin": item.GTIN}}
		}
	}
	return list
}
