/** Floor 2: first answers of calls that carried a request_id, so that a repeated call gets them again. See {@link RequestLedger}. */
@org.jspecify.annotations.NullMarked
package dev.herald.server.request;
