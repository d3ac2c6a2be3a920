package meter

// heatmap has a logarithmic scale whose ends are 1 or 3 times a power of ten, around every end-to-end latency. Without
// any the scale has no extent.
func heatmap(cols []*column) Heat {
	low, high := uint32(numStep), uint32(0)
	for _, c := range cols {
		if steps := c.samples[E2E].steps; len(steps) > 0 {
			low, high = min(low, steps[0].step), max(high, steps[len(steps)-1].step)
		}
	}
	if low > high {
		return Heat{}
	}
	heat := Heat{Low: floor(middle(low)), High: ceiling(middle(high)), Cells: make([][]int, len(cols))}
	s := newScale(heat.Low, heat.High)
	cells := make([]int, heatSteps*len(cols))
	for i, c := range cols {
		if c.scale != s {
			c.scale, c.heat = s, [heatSteps]int{}
			for _, k := range c.samples[E2E].steps {
				c.heat[s.place(middle(k.step))] += int(k.n)
			}
		}
		heat.Cells[i] = cells[i*heatSteps : (i+1)*heatSteps]
		copy(heat.Cells[i], c.heat[:])
	}
	return heat
}
