package assortment

import "strings"

// gtin14 brings a product number to 14 digits. It is false for anything that is
// not 8, 12, 13 or 14 digits with a right check digit, and for in-store codes of
// weighed goods (EAN-13, UPC or EAN-8 that starts with 2), which name no product.
func gtin14(code string) (string, bool) {
	code = strings.ReplaceAll(code, " ", "")
	switch len(code) {
	case 8, 12, 13, 14:
	default:
		return "", false
	}
	code = strings.Repeat("0", 14-len(code)) + code
	sum := 0
	for i, c := range []byte(code) {
		if c < '0' || c > '9' {
			return "", false
		}
		weight := 3 - 2*(i%2)
		sum += weight * int(c-'0')
	}
	if sum%10 != 0 || strings.HasPrefix(code, "02") || strings.HasPrefix(code, "002") || strings.HasPrefix(code, "0000002") || strings.Trim(code, "0") == "" {
		return "", false
	}
	return code, true
}
