package relay

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// declared are the values of the constants of type Class in error.go, in their order.
func declared(t *testing.T) []Class {
	file, err := parser.ParseFile(token.NewFileSet(), "error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var list []Class
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "Class" {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, Class(value))
		}
		return true
	})
	return list
}

func TestEveryClassHasItsRow(t *testing.T) {
	all := Classes()
	if want := declared(t); !slices.Equal(all, want) || len(all) != NumClasses {
		t.Fatalf("%d of %d classes: %v, want those declared in their order: %v", len(all), NumClasses, all, want)
	}
	for i, c := range all {
		row := c.Traits()
		if row.Order != i+1 || ClassAt(row.Order) != c {
			t.Errorf("%s: place %d, want %d", c, row.Order, i+1)
		}
		if row.Advice == "" || strings.Contains(row.Advice, "\n") || row.Group >= NumGroups {
			t.Errorf("%s: %+v", c, row)
		}
		if row.Refused && (row.Retry || row.Fallback != NoModel) {
			t.Errorf("%s: refused for good, and yet sent again", c)
		}
	}
	if ClassAt(0) != "" || ClassAt(NumClasses+1) != "" {
		t.Error("a class beyond the table")
	}
}

func TestAnUnknownClass(t *testing.T) {
	for _, c := range []Class{"", "of a later version"} {
		if got, want := c.Traits(), (Traits{Group: GroupOther}); got != want {
			t.Errorf("%q: %+v", c, got)
		}
	}
	if Class("").Failed() || ClassCancelled.Failed() || !ClassEmpty.Failed() || !Class("of a later version").Failed() {
		t.Error("a stop by the user counts as a failure, or a failure does not")
	}
}
