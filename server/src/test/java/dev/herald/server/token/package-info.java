/** Tests of the token room. */
@org.jspecify.annotations.NullMarked
package dev.herald.server.token;
