/**
 * Floor 3: what administrators did, each entry written in the transaction of the act itself and never changed. See
 * {@link AuditLog}.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.audit;
