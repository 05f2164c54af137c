package worn

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// drives begin the numbers of fiscal drives; the rest is counted up.
var drives = []string{
	"7182440", "7284440", "7380440", "7382440", "7443440", "8710000", "8712", "9251440",
	"9252440", "9280440", "9282440", "9285000", "9289000", "9960440", "9961440", "9999078", "89",
}

// fiscalText invents what a till says in its code.
func fiscalText(d dice) string {
	at := time.Date(2018, 1, 1, 8, 0, 0, 0, time.UTC).
		AddDate(0, 0, d.IntN(9*365)).Add(time.Duration(d.IntN(14*3600)) * time.Second)
	layout := pick(d, "20060102T1504", "20060102T1504", "20060102T150405")
	operation := 1
	if d.chance(0.06) {
		operation = d.count(2, 4)
	}
	return fmt.Sprintf("t=%s&s=%s&fn=%s&i=%d&fp=%d&n=%d",
		at.Format(layout), total(d), drive(d), document(d), sign(d), operation)
}

// total is a sum of rubles: small ones are commoner, and half of them round.
func total(d dice) string {
	kopecks := int(math.Exp(d.between(math.Log(1_00), math.Log(999_999_99))))
	if kopecks >= 100_00 && d.chance(0.5) {
		kopecks -= kopecks % 100
	}
	return fmt.Sprintf("%d.%02d", kopecks/100, kopecks%100)
}

func drive(d dice) string {
	number := pick(d, drives...)
	for len(number) < 16 {
		number += strconv.Itoa(d.IntN(10))
	}
	return number
}

// document has one to six digits, each length as likely as the others.
func document(d dice) int {
	least := int(math.Pow10(d.IntN(6)))
	return least + d.IntN(9*least)
}

// sign is a number of 32 bits without its leading zeros.
func sign(d dice) uint32 {
	n := d.Uint32()
	if d.chance(0.15) {
		n >>= d.count(2, 12)
	}
	return max(n, 100_000)
}
