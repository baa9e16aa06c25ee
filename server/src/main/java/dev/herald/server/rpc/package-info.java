/**
 * Floor 1: the Netty server and what every call passes: callers and roles, field rules, errors. A call goes through
 * {@link dev.herald.server.rpc.RpcServer}, {@link dev.herald.server.rpc.ErrorInterceptor},
 * {@link dev.herald.server.rpc.CallerInterceptor} and {@link dev.herald.server.rpc.FieldRulesInterceptor}, in that order,
 * to a room's XGrpcService, which answers through {@link dev.herald.server.rpc.UnaryCall}.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.rpc;
