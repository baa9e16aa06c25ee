package dev.herald.bench;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalDouble;

/**
 * One database, and a connection of the bench's own to it. What the bench asks for itself carries the mark {@code bench}
 * in a comment, and is not counted. Not thread-safe.
 */
public final class BenchDatabase implements AutoCloseable {
    private final String url;
    private final String farewell;
    private final Connection connection;

    private BenchDatabase(String url, String farewell, Connection connection) {
        this.url = url;
        this.farewell = farewell;
        this.connection = connection;
    }

    /** Any failure of SQL; the bench can't go on. */
    static final class Failure extends IllegalStateException {
        private static final long serialVersionUID = 1;

        Failure(String sql, SQLException cause) {
            super(sql + ": " + cause.getMessage(), cause);
        }
    }

    /**
     * Connects.
     *
     * @param farewell what to do with it at the end, on another connection; empty for nothing
     */
    static BenchDatabase open(String url, String farewell) {
        try {
            return new BenchDatabase(url, farewell, DriverManager.getConnection(url));
        } catch (SQLException e) {
            throw new Failure("connect", e);
        }
    }

    /** Its JDBC URL. */
    public String url() {
        return url;
    }

    /** The same through another port, such as a proxy's. */
    String urlThrough(int port) {
        return url.replaceFirst("//[^/]+/", "//127.0.0.1:" + port + "/");
    }

    URI uri() {
        return URI.create(url.substring("jdbc:".length()));
    }

    /** The open connection. */
    public Connection connection() {
        return connection;
    }

    void execute(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new Failure(sql, e);
        }
    }

    double number(String sql, Object... arguments) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getDouble(1);
            }
        } catch (SQLException e) {
            throw new Failure(sql, e);
        }
    }

    String text(String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new Failure(sql, e);
        }
    }

    /**
     * Seconds of CPU of all of PostgreSQL's processes, those that ended too, without this connection's own. Known on Linux,
     * for a server on this machine.
     */
    OptionalDouble cpuSeconds() {
        long own = (long) number("SELECT /* bench */ pg_backend_pid()");
        ProcessHandle postmaster = ProcessHandle.of(own)
                .flatMap(ProcessHandle::parent)
                .filter(parent -> parent.info().command().orElse("").endsWith("postgres"))
                .orElse(null);
        if (postmaster == null) {
            return OptionalDouble.empty();
        }
        double ended = ProcessFigures.endedChildrenCpuSeconds(postmaster.pid()).orElse(0);
        double living = postmaster
                .children()
                .mapToLong(ProcessHandle::pid)
                .filter(pid -> pid != own)
                .mapToDouble(pid -> ProcessFigures.exactCpuSeconds(pid).orElse(0))
                .sum();
        return OptionalDouble.of(ended + living);
    }

    @Override
    public void close() {
        try {
            connection.close();
            if (!farewell.isEmpty()) {
                try (BenchDatabase maintenance = open(url.replaceFirst("/[^/?]+(\\?|$)", "/postgres$1"), "")) {
                    maintenance.execute(farewell);
                }
            }
        } catch (SQLException e) {
            throw new Failure("close", e);
        }
    }
}
