package calendar

import (
	"bytes"
	_ "embed"
)

// The yearly arrangements of the State Council, 2007 to 2026, as they held at
// last: 2020 was amended within the year.
//
//go:embed arrangements.csv
var arrangementsCSV []byte

var embedded *Calendar

func init() {
	days, err := ReadArrangements(bytes.NewReader(arrangementsCSV))
	if err != nil {
		panic(err)
	}
	if embedded, err = New(1, days, DefaultHours()); err != nil {
		panic(err)
	}
}

// Embedded gives the calendar that Huiyin ships with: version 1, the
// arrangements 2007–2026 and DefaultHours.
func Embedded() *Calendar { return embedded }
