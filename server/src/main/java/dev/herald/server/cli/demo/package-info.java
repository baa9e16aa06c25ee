/** Floor 6: the demo: a sample campus, a mail catcher, and the three journeys through the client stub. See {@link dev.herald.server.cli.demo.Demo}. */
@org.jspecify.annotations.NullMarked
package dev.herald.server.cli.demo;
