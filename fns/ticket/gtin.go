package ticket

import (
	"encoding/base64"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"

	"promobot/fns"
)

// gtin finds the article number of a line, in the order of trust: the product
// code of format 1.2, the phone application's reading of it, the bytes of
// format 1.05, and their escaped form in old archives.
func gtin(o object) string {
	for _, found := range []string{
		newCode(o.object("productCodeNew")),
		productData(o.object("productCodeData")),
		binaryCode(o.text("productCode")),
		productData(o.object("productCode")),
		escapedCode(o.text("nomenclatureCode")),
		binaryCode(o.text("nomenclatureCode")),
	} {
		if found != "" {
			return found
		}
	}
	return ""
}

// newCode reads productCodeNew: an object with one key that names the kind.
func newCode(o object) string {
	for _, kind := range slices.Sorted(maps.Keys(o)) { // an archive may have two
		if found := productData(o.object(kind)); found != "" {
			return found
		}
	}
	return productData(o)
}

// productData reads {gtin, rawProductCode}; a numeric gtin has lost its zeros.
func productData(o object) string {
	if found := fns.NormalGTIN(o.text("gtin")); found != "" {
		return found
	}
	raw := o.text("rawProductCode")
	if found := marking(raw); found != "" || strings.Trim(raw, "0123456789") != "" {
		return found
	}
	return fns.NormalGTIN(raw)
}

// marking reads the text of a marking code: 01 GTIN-14 21 serial, as scanned or
// with brackets as printed.
func marking(code string) string {
	code = strings.NewReplacer("(01)", "01", "(21)", "21").Replace(code)
	if len(code) < 18 || !strings.HasPrefix(code, "01") || code[16:18] != "21" || strings.Trim(code[2:16], "0123456789") != "" {
		return ""
	}
	return fns.NormalGTIN(code[2:16])
}

// codeKinds are the first two bytes of a product code of format 1.05 that are
// followed by an article number: marked goods, EAN-8, EAN-13, ITF-14, tobacco.
var codeKinds = []uint16{0x444D, 0x4508, 0x450D, 0x490E, 0x0005}

// packed reads two bytes of kind and six of article number.
func packed(code []byte) string {
	if len(code) < 8 || !slices.Contains(codeKinds, uint16(code[0])<<8|uint16(code[1])) {
		return ""
	}
	var n int64
	for _, b := range code[2:8] {
		n = n<<8 | int64(b)
	}
	return fns.NormalGTIN(strconv.FormatInt(n, 10))
}

// binaryCode reads the bytes of format 1.05, in hexadecimal or in base64, with
// or without padding; some archives hold the text of a marking code instead.
func binaryCode(text string) string {
	if found := marking(text); found != "" {
		return found
	}
	if code, err := hex.DecodeString(strings.ReplaceAll(text, " ", "")); err == nil {
		return packed(code)
	}
	if code, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "=")); err == nil {
		return packed(code)
	}
	return ""
}

// escapedCode reads the same bytes as old archives write them: printable ones
// as they are, others as four hexadecimal digits.
func escapedCode(text string) string {
	var code []byte
	for i := 0; i < len(text) && len(code) < 8; {
		if i+4 <= len(text) && text[i:i+2] == "00" {
			if b, err := hex.DecodeString(text[i+2 : i+4]); err == nil {
				code, i = append(code, b[0]), i+4
				continue
			}
		}
		code, i = append(code, text[i]), i+1
	}
	return packed(code)
}
