/**
 * Floor 6: the commands that call a running server, one class a command. Read {@link
 * dev.herald.server.cli.remote.RemoteCommand} first: what they have in common.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.cli.remote;
