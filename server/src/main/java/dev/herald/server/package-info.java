/** Floor 6: where everything is put together. Read {@link Main} first. */
@org.jspecify.annotations.NullMarked
package dev.herald.server;
