package samples

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
)

// Unit is a line of units.csv.
type Unit struct {
	Code       string // area code of 4 to 15 digits, or the superior's code and "-NN"
	Name       string
	Level      string // city, county, township, village or grid
	Kind       string // government, department, station, village or grid
	ParentCode string // empty for the root
	Organ      bool   // may issue decisions and opinions
}

// Category is a line of categories.csv: a node of the three-level subject tree.
type Category struct {
	Code   string // two digits a level, starting with the parent's
	Name   string
	Parent string // empty at the first level
}

// Responsibility is a line of responsibilities.csv (权责清单): the unit that
// answers for a category in an area.
type Responsibility struct {
	CategoryCode string
	AreaCode     string
	UnitCode     string
	Note         string
}

var (
	unitColumns           = []string{"code", "name", "level", "kind", "parent_code", "organ"}
	categoryColumns       = []string{"code", "name", "parent"}
	responsibilityColumns = []string{"category_code", "area_code", "unit_code", "note"}
)

func loadUnits() ([]Unit, error) {
	return loadTable("units.csv", unitColumns, func(f []string) (Unit, error) {
		organ, err := parseBool(f[5])
		return Unit{Code: f[0], Name: f[1], Level: f[2], Kind: f[3], ParentCode: f[4], Organ: organ}, err
	})
}

func loadCategories() ([]Category, error) {
	return loadTable("categories.csv", categoryColumns, func(f []string) (Category, error) {
		return Category{Code: f[0], Name: f[1], Parent: f[2]}, nil
	})
}

func loadResponsibilities() ([]Responsibility, error) {
	return loadTable("responsibilities.csv", responsibilityColumns, func(f []string) (Responsibility, error) {
		return Responsibility{CategoryCode: f[0], AreaCode: f[1], UnitCode: f[2], Note: f[3]}, nil
	})
}

func loadTable[T any](name string, columns []string, row func([]string) (T, error)) ([]T, error) {
	data, err := Files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading sample %s: %w", name, err)
	}
	return decodeTable(name, data, columns, row)
}

// decodeTable reads a CSV file whose first line is exactly columns and whose
// cells carry no surrounding space.
func decodeTable[T any](name string, data []byte, columns []string, row func([]string) (T, error)) ([]T, error) {
	reader := csv.NewReader(bytes.NewReader(data))
	reader.FieldsPerRecord = len(columns)
	lines, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("decoding sample %s: %w", name, err)
	}
	if len(lines) == 0 || !slices.Equal(lines[0], columns) {
		return nil, fmt.Errorf("decoding sample %s: the first line must be %s", name, strings.Join(columns, ","))
	}
	all := make([]T, 0, len(lines)-1)
	for i, line := range lines[1:] {
		if slices.ContainsFunc(line, func(cell string) bool { return cell != strings.TrimSpace(cell) }) {
			return nil, fmt.Errorf("decoding sample %s: record %d: surrounding space", name, i+2)
		}
		v, err := row(line)
		if err != nil {
			return nil, fmt.Errorf("decoding sample %s: record %d: %w", name, i+2, err)
		}
		all = append(all, v)
	}
	return all, nil
}

// parseBool takes true and false only: a spreadsheet's TRUE or 1 is a mistake.
func parseBool(s string) (bool, error) {
	switch s {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", s)
}
