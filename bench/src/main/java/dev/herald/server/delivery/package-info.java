/** Benchmarks of claiming and marking; {@link dev.herald.server.delivery.OutboxScene} reaches what is package-private there. */
@NullMarked
package dev.herald.server.delivery;

import org.jspecify.annotations.NullMarked;
