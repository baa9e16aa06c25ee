/**
 * Floor 1: the Netty server and what every call passes: callers and roles, limits, field rules, errors. A call enters at
 * {@link dev.herald.server.rpc.RpcServer} and goes along {@link dev.herald.server.rpc.CallPath} to a room's XGrpcService, which
 * answers through {@link dev.herald.server.rpc.UnaryCall}. {@link dev.herald.server.rpc.CallerAccess} knows who calls.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.rpc;
