package dev.herald.server.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.server.testing.Document;
import dev.herald.server.testing.HeraldProcess;
import dev.herald.server.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseTest {
    @Test
    void open_nothingListensThere_namesTheSettingAndNoPassword() {
        DatabaseConfig config = TestDatabase.configOf("jdbc:postgresql://127.0.0.1:1/herald?user=me&password=hunter2");
        assertThatThrownBy(() -> Database.open(config, List.of()))
                .hasMessageContaining("DATABASE_URL")
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void open_noSuchHost_saysSo() {
        DatabaseConfig config = TestDatabase.configOf("jdbc:postgresql://nowhere.invalid/herald");
        assertThatThrownBy(() -> Database.open(config, List.of())).hasMessageContaining("no such host");
    }

    @ParameterizedTest
    @CsvSource({"statement_timeout,10s", "lock_timeout,3s", "idle_in_transaction_session_timeout,30s"})
    void connection_ofThePool_givesUpAsTheDocumentHasItBehindAPooler(String setting, String limit) {
        try (Database database = TestDatabase.open()) {
            String found = database.transactions().readSql(connection -> show(connection, setting));
            assertThat(found).isEqualTo(limit);
        }
        assertThat(Document.read(HeraldProcess.root().resolve("docs/operations.md"))
                        .text())
                .contains(setting + " = '" + limit + "'");
    }

    private static String show(Connection connection, String setting) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW " + setting)) {
            row.next();
            return row.getString(1);
        }
    }
}
