/**
 * Floor 6: the command line, one class a command. Read {@link dev.herald.server.cli.HeraldCommand} first. The commands that call a
 * running server are in {@link dev.herald.server.cli.remote}.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.cli;
