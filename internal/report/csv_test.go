package report

import "testing"

// No cell is a formula, wherever what nobody sees stands before it.
func TestTamedCells(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"": "", " ": " ", "霁川镇": "霁川镇", "a=1": "a=1", "1-1": "1-1", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@A": "'@A",
		"＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠A": "'＠A", "\t1": "'\t1", "\r1": "'\r1", "\n1": "'\n1",
		" =1": "' =1", "\u3000=1": "'\u3000=1", "\u200b=1": "'\u200b=1", "\ufeff\u00a0@A": "'\ufeff\u00a0@A",
	} {
		if got := tamed([]string{cell})[0]; got != want {
			t.Errorf("%q became %q, want %q", cell, got, want)
		}
	}
}
