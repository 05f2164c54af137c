package rs

// The field of QR codes: 256 elements, primitive polynomial
// x⁸+x⁴+x³+x²+1, generator 2 (ISO/IEC 18004, annex A).
const polynomial = 0x11d

// exp goes round twice, so that a sum of two logarithms needs no remainder.
var exp, log = func() (exp [510]byte, log [256]int) {
	x := 1
	for i := range 255 {
		exp[i], exp[i+255] = byte(x), byte(x) // #nosec G115 -- below 256
		log[x] = i
		if x <<= 1; x > 255 {
			x ^= polynomial
		}
	}
	return exp, log
}()

// products of all pairs: what is multiplied by one factor takes one row.
var products = func() (table [256][256]byte) {
	for a := 1; a < 256; a++ {
		for b := 1; b < 256; b++ {
			table[a][b] = exp[log[a]+log[b]]
		}
	}
	return table
}()

func mul(a, b byte) byte { return products[a][b] }

// div panics where b is 0.
func div(a, b byte) byte {
	if a == 0 {
		return 0
	}
	return exp[log[a]+255-log[b]]
}

// power is 2 to the n, n ≥ 0.
func power(n int) byte { return exp[n%255] }

// eval is the value of a polynomial, lowest coefficient first, at x.
func eval(p []byte, x byte) (v byte) {
	by := &products[x]
	for i := len(p) - 1; i >= 0; i-- {
		v = by[v] ^ p[i]
	}
	return v
}

// times multiplies two polynomials modulo x to the most.
func times(a, b []byte, most int) []byte {
	out := make([]byte, min(len(a)+len(b)-1, most))
	for i, x := range a {
		by := &products[x]
		for j := 0; j < len(b) && i+j < len(out); j++ {
			out[i+j] ^= by[b[j]]
		}
	}
	return out
}
