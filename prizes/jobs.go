package prizes

// OrderArgs asks to take an order at a supplier one step on. The worker is that
// of rewards, which alone writes to several books.
type OrderArgs struct {
	OrderID int64 `json:"order_id"`
}

// Kind names the job.
func (OrderArgs) Kind() string { return "supply_order" }

// LowArgs asks to log that the pool of a prize is low.
type LowArgs struct {
	PrizeID string `json:"prize_id"`
}

// Kind names the job.
func (LowArgs) Kind() string { return "stock_low" }
