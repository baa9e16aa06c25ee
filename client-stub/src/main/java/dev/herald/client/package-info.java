/**
 * Calls Herald from another service. Start at {@link HeraldClient}; every failure of a call is a {@link
 * ServiceCallException}. Which calls are sent again by themselves is decided in {@code RetryPolicy}.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.client;
