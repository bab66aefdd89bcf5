// Package bench measures Huiyin against what its databases could do at best.
//
// It guarantees that a figure is never alone: every benchmark sets the real
// service beside a floor, the same statements as they stood when the floor was
// frozen, driven by the bare driver in the same run on the same database, in
// turns, so that a busy machine slows both. What counts is the ratio.
package bench
