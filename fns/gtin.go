package fns

import "strings"

// NormalGTIN makes an article number (GTIN-8, -12, -13 or -14, also with lost
// leading zeros or with spaces and marks in it) fourteen digits long. It
// returns "" if the check digit is wrong, or if the number is one that shops
// give to what they weigh or pack themselves (EAN-13, UPC or EAN-8 that starts
// with 2), which means nothing outside the shop.
func NormalGTIN(text string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
	digits = strings.TrimLeft(digits, "0")
	if len(digits) < 7 || len(digits) > 14 {
		return ""
	}
	digits = strings.Repeat("0", 14-len(digits)) + digits
	if inStore(digits) || checkDigit(digits[:13]) != digits[13] {
		return ""
	}
	return digits
}

// inStore reports 14 digits of a number that a shop gave.
func inStore(digits string) bool {
	return strings.HasPrefix(digits, "02") || strings.HasPrefix(digits, "002") || strings.HasPrefix(digits, "0000002")
}

// checkDigit weighs thirteen digits by 3, 1, 3, … from the left.
func checkDigit(digits string) byte {
	sum := 0
	for i := range len(digits) {
		weight := 3
		if i%2 == 1 {
			weight = 1
		}
		sum += weight * int(digits[i]-'0')
	}
	return byte('0' + (10-sum%10)%10)
}
