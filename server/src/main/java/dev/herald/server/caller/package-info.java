/**
 * Floor 1: who calls, and what they may: {@link dev.herald.server.caller.CallerAccess} knows callers by token or certificate, from
 * files that may change, {@link dev.herald.server.caller.RoleTable} what each method asks for, and
 * {@link dev.herald.server.caller.CallerLimits} how much one may take.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.caller;
