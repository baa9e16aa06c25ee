package dev.herald.bench;

/** One thing that is measured. */
interface BenchCase {
    /** Measures, and prints its lines. Leaves no process and no database behind. */
    void run(Rig rig);
}
