/**
 * Floor 2: the Netty server and what every call passes: callers, limits, field rules, errors. A call enters at
 * {@link dev.herald.server.rpc.RpcServer} and goes along {@link dev.herald.server.rpc.CallPath} to a room's XGrpcService, which
 * answers through {@link dev.herald.server.rpc.UnaryCall}. {@link dev.herald.server.caller.CallerAccess} knows who calls.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.rpc;
