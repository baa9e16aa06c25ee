/** Benchmarks of rendering, and what others need of this room's package-private parts. */
@NullMarked
package dev.herald.server.notification;

import org.jspecify.annotations.NullMarked;
