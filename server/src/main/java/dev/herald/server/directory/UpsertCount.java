package dev.herald.server.directory;

/**
 * What an upsert did.
 *
 * @param inserted how many ids were new
 * @param updated how many ids existed and were replaced
 */
public record UpsertCount(int inserted, int updated) {}
