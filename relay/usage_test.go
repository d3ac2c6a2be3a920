package relay

import (
	"reflect"
	"testing"
)

// TestEveryFieldOfAUsageIsSummed also covers fields that are added later.
func TestEveryFieldOfAUsageIsSummed(t *testing.T) {
	var one, sum Usage
	for i, v := 0, reflect.ValueOf(&one).Elem(); i < v.NumField(); i++ {
		switch f := v.Field(i); f.Kind() {
		case reflect.Int64:
			f.SetInt(int64(i + 1))
		case reflect.Bool:
			f.SetBool(true)
		default:
			t.Fatalf("a field of kind %s", f.Kind())
		}
	}
	sum.Add(&one)
	if sum != one {
		t.Errorf("0 and %+v is %+v", one, sum)
	}
	sum.Add(&one)
	for i, v := 0, reflect.ValueOf(sum); i < v.NumField(); i++ {
		if f := v.Field(i); f.Kind() == reflect.Int64 && f.Int() != 2*int64(i+1) {
			t.Errorf("twice %+v is %+v", one, sum)
		}
	}
	sum.Add(&Usage{})
	if !sum.Estimated {
		t.Error("an estimate and a count are a count")
	}
}
