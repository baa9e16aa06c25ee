/**
 * B1 to B38: one table of everything wrong that can be sent, against a whole server. Read {@link
 * dev.herald.server.badinput.BadInputTest} first; the rows stand in the classes named after their topic.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.badinput;
