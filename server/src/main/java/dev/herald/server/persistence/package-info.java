/**
 * Floor 1: the way to PostgreSQL: pool, session factory, transactions, migrations, and a PostgreSQL of our own where none
 * is named. The only home of Flyway and HikariCP. Read {@link Database} first, then {@link Transactions}.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.persistence;
