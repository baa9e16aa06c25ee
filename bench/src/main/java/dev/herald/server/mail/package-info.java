/** Benchmarks of writing mail as octets. */
@NullMarked
package dev.herald.server.mail;

import org.jspecify.annotations.NullMarked;
