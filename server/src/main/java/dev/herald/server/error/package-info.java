/** Floor 0: what domain code throws. It knows no gRPC; rpc turns it into a status. Read {@link HeraldException} first. */
@org.jspecify.annotations.NullMarked
package dev.herald.server.error;
