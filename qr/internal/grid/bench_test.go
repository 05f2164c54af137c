package grid

import (
	"math/rand/v2"
	"testing"
)

func BenchmarkBent(b *testing.B) {
	all := truths(b)[:12]
	var gs []Grid
	for i := range all {
		all[i].load(b)
		gs = append(gs, all[i].guess(false, rand.New(rand.NewPCG(7, uint64(i)))))
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		j := i % len(all)
		gs[j].Bent(all[j].plane)
	}
}
func BenchmarkRefined(b *testing.B) {
	all := truths(b)[:12]
	var gs []Grid
	for i := range all {
		all[i].load(b)
		gs = append(gs, all[i].guess(false, rand.New(rand.NewPCG(7, uint64(i)))))
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		j := i % len(all)
		gs[j].Refined(all[j].plane)
	}
}
