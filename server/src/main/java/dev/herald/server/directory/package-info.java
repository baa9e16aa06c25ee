/**
 * Floor 4: what Herald knows of the campus: users, student profiles, courses and class sessions. The only writer of their
 * tables, and only where the directory is Herald's own copy. Read {@link DirectoryWriter} first, then
 * {@link DirectoryEraser} and {@link DirectoryRepository}, which also answers who is eligible for a session.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.directory;
