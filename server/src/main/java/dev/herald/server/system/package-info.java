/** Floor 5: what the people who run Herald ask of it as a whole. Read {@link SystemGrpcService} first. */
@org.jspecify.annotations.NullMarked
package dev.herald.server.system;
