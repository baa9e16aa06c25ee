/**
 * Floor 0: what domain code throws. It knows no gRPC; rpc turns it into a status. Read {@link HeraldException} first. What others throw
 * is put into words by {@link PlainWords}.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.error;
