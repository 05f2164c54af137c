package rs

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/makiuchi-d/gozxing/common/reedsolomon"
)

// spoiled is a code block with t errors and e erasures at different places.
func spoiled(r *rand.Rand, data, parity, t, e int) (right, wrong []byte, erased []int) {
	right = make([]byte, data, data+parity)
	for i := range right {
		right[i] = byte(r.IntN(256))
	}
	right = append(right, Parity(right, parity)...)
	wrong = bytes.Clone(right)
	for i, at := range r.Perm(len(right))[:t+e] {
		if i < t {
			wrong[at] ^= byte(1 + r.IntN(255))
			continue
		}
		wrong[at] = byte(r.IntN(256)) // an erased value may happen to be right
		erased = append(erased, at)
	}
	return right, wrong, erased
}

// blocks are those of versions that fiscal codes have, and the extremes.
var blocks = []struct{ data, parity int }{{80, 20}, {32, 18}, {43, 24}, {68, 18}, {19, 7}, {9, 17}, {16, 10}, {118, 30}, {15, 30}}

func TestCorrectsUpToTheBound(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, b := range blocks {
		for e := 0; e <= b.parity; e++ {
			for n := 0; 2*n+e <= b.parity; n++ {
				right, wrong, erased := spoiled(r, b.data, b.parity, n, e)
				count, err := Correct(wrong, b.parity, erased)
				if err != nil || count != n || !bytes.Equal(wrong, right) {
					t.Fatalf("%v with %d errors, %d erasures: %d found, %v", b, n, e, count, err)
				}
			}
		}
	}
}

// TestBeyondTheBound holds that a block is refused and left alone, or made
// another code word; it is never half mended.
func TestBeyondTheBound(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	refused := 0
	for range 2000 {
		b := blocks[r.IntN(len(blocks))]
		e := r.IntN(b.parity + 1)
		_, wrong, erased := spoiled(r, b.data, b.parity, min((b.parity-e)/2+1+r.IntN(5), b.data+b.parity-e), e)
		before := bytes.Clone(wrong)
		if _, err := Correct(wrong, b.parity, erased); err != nil {
			refused++
			if !errors.Is(err, ErrBeyond) || !bytes.Equal(wrong, before) {
				t.Fatalf("%v: %v, block changed: %v", b, err, !bytes.Equal(wrong, before))
			}
			continue
		}
		if !bytes.Equal(Parity(wrong[:b.data], b.parity), wrong[b.data:]) {
			t.Fatalf("%v: mended into no code word", b)
		}
	}
	if refused == 0 {
		t.Error("nothing was refused")
	}
}

func TestParityIsThatOfTheLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	encoder := reedsolomon.NewReedSolomonEncoder(reedsolomon.GenericGF_QR_CODE_FIELD_256)
	for _, b := range blocks {
		right, _, _ := spoiled(r, b.data, b.parity, 0, 0)
		theirs := make([]int, len(right))
		for i := range b.data {
			theirs[i] = int(right[i])
		}
		if err := encoder.Encode(theirs, b.parity); err != nil {
			t.Fatal(err)
		}
		for i, v := range theirs {
			if byte(v) != right[i] {
				t.Fatalf("%v: codeword %d is %d, want %d", b, i, right[i], v)
			}
		}
	}
}

func TestTooManyErasures(t *testing.T) {
	if _, err := Correct(make([]byte, 20), 3, []int{0, 1, 2, 3}); !errors.Is(err, ErrBeyond) {
		t.Errorf("%v, want a refusal", err)
	}
}

func FuzzCorrect(f *testing.F) {
	f.Add([]byte("some block of a code, long enough"), byte(10), []byte{1, 5})
	f.Fuzz(func(t *testing.T, block []byte, parity byte, places []byte) {
		if len(block) > 255 || int(parity) > len(block) {
			return
		}
		var erased []int
		seen := map[byte]bool{}
		for _, p := range places {
			if int(p) < len(block) && !seen[p] {
				seen[p] = true
				erased = append(erased, int(p))
			}
		}
		before := bytes.Clone(block)
		n, err := Correct(block, int(parity), erased)
		if err != nil {
			if !bytes.Equal(block, before) {
				t.Fatal("a refused block was changed")
			}
			return
		}
		wrong := 0
		for i := range block {
			if block[i] != before[i] && !seen[byte(i)] {
				wrong++
			}
		}
		if _, clean := syndromesOf(block, int(parity)); !clean || wrong > n || 2*n+len(erased) > int(parity) && wrong > 0 {
			t.Fatalf("%d errors said, %d changes, clean %v", n, wrong, clean)
		}
	})
}

func BenchmarkCorrect(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 8))
	_, wrong, erased := spoiled(r, 80, 20, 6, 8)
	for b.Loop() {
		if _, err := Correct(bytes.Clone(wrong), 20, erased); err != nil {
			b.Fatal(err)
		}
	}
}
