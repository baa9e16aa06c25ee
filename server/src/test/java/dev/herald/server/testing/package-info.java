/** What tests of every room share. */
@org.jspecify.annotations.NullMarked
package dev.herald.server.testing;
