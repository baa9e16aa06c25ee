/**
 * Floor 6: how commands talk to people and programs: tables, progress, a live screen, lengths of time. Read {@link
 * dev.herald.server.cli.terminal.Console} first.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.cli.terminal;
