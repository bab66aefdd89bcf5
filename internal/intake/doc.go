// Package intake reads what other systems exported (CSV files of messages, their
// replies and labels) and brings it in: as history (Importer) or by playing it
// through the real operations on a clock of its own (Replay).
//
// It guarantees that no row is lost silently: each is brought in, known already,
// or refused with its line and the reason; that cleaning a text drops padding
// and never a word; that an import which ended half-way goes on when it is
// started again; and that a replay depends on its file alone, not on the
// database's dialect, nor on the machine's clock or speed.
package intake
