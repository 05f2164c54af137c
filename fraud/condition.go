package fraud

import (
	"fmt"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// The bounds of a condition: it has no loops, so that its nodes bound its time.
const (
	mostNodes  = 100
	mostMemory = 1000
)

// circumstances are what a condition may name.
type circumstances struct {
	N              int64  `expr:"n"`     // what the rule measured
	Total          int64  `expr:"total"` // kopecks
	Lines          int64  `expr:"lines"` // the lines' sum in kopecks
	Names          int    `expr:"names_on_phone"`
	Families       int    `expr:"families_on_phone"`
	Hour           int    `expr:"hour"`    // of the shop's clock
	Weekday        int    `expr:"weekday"` // of the shop's clock, 1 is Monday
	FN             string `expr:"fn"`
	INN            string `expr:"inn"`
	Phone          bool   `expr:"has_phone"`
	TillSuspicious bool   `expr:"till_suspicious"`
}

func circumstancesOf(f Facts, n int64, suspicious bool) circumstances {
	return circumstances{N: n, Total: int64(f.Total), Lines: int64(f.Lines), Names: f.NamesOnPhone, Families: f.Families,
		Hour: f.BoughtAt.UTC().Hour(), Weekday: (int(f.BoughtAt.UTC().Weekday())+6)%7 + 1,
		FN: f.FN, INN: f.INN, Phone: f.PhoneMark != "", TillSuspicious: suspicious}
}

// condition is a compiled one; it never changes.
type condition struct {
	program *vm.Program
	asksN   bool // it names n
}

// counts tells whether it matters how many there are beyond the limit.
func (c *condition) counts() bool { return c != nil && c.asksN }

// compile refuses what is no yes-or-no question about circumstances, and all
// that could loop, eat memory or fail when it is asked.
func compile(text string) (*condition, error) {
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, err
	}
	var check simple
	ast.Walk(&tree.Node, &check)
	if check.not != "" {
		return nil, fmt.Errorf("%s is not to be had here", check.not)
	}
	program, err := expr.Compile(text, expr.Env(circumstances{}), expr.AsBool(), expr.DisableAllBuiltins(), expr.MaxNodes(mostNodes))
	if err != nil {
		return nil, err
	}
	return &condition{program, check.n}, nil
}

// simple finds what a condition must not say, and whether it names n.
type simple struct {
	not string
	n   bool
}

// Visit looks at one node.
func (s *simple) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		s.n = s.n || n.Value == "n"
	case *ast.BuiltinNode:
		s.not = n.Name
	case *ast.CallNode, *ast.PredicateNode, *ast.VariableDeclaratorNode:
		s.not = "a function"
	case *ast.BinaryNode:
		_, constant := n.Right.(*ast.StringNode)
		if n.Operator == ".." || n.Operator == "%" || n.Operator == "**" || n.Operator == "^" || n.Operator == "matches" && !constant {
			s.not = n.Operator
		}
	}
}

// holds tells whether the condition is true; without one it is.
func (c *condition) holds(about circumstances) (bool, error) {
	if c == nil {
		return true, nil
	}
	machine := vm.VM{MemoryBudget: mostMemory}
	answer, err := machine.Run(c.program, about)
	if err != nil {
		return false, err
	}
	yes, ok := answer.(bool)
	if !ok {
		return false, fmt.Errorf("%v is neither true nor false", answer)
	}
	return yes, nil
}
