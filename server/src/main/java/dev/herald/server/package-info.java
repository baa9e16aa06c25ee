/** Floor 5: where everything is put together. Read {@link Main} first. */
@org.jspecify.annotations.NullMarked
package dev.herald.server;
