package dev.herald.server.persistence;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.server.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;

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
}
