/**
 * The load program behind {@code bench/run}: real processes, one line of key=value a case. Read {@link dev.herald.bench.Bench}
 * first; each XCase is one case, the rest is what they run against.
 */
@NullMarked
package dev.herald.bench;

import org.jspecify.annotations.NullMarked;
