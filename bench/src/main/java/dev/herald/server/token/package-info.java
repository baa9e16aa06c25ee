/** Benchmarks of making and checking tokens. */
@NullMarked
package dev.herald.server.token;

import org.jspecify.annotations.NullMarked;
