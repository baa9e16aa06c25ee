/** Floor 5: the command line, one class a command. Read {@link dev.herald.server.cli.HeraldCommand} first. */
@org.jspecify.annotations.NullMarked
package dev.herald.server.cli;
