package grid

import (
	"math/rand/v2"
	"testing"
)

func BenchmarkBent(b *testing.B) {
	m := madeOn(b, 4, crease)
	guess := m.guess(rand.New(rand.NewPCG(1, 1)))
	b.ReportAllocs()
	for b.Loop() {
		guess.Bent(m.plane)
	}
}
