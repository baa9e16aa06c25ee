/** Faults made on purpose, to real processes: the chaos suite. Read {@link dev.herald.server.chaos.ChaosScene} first. */
package dev.herald.server.chaos;
