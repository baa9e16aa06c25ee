package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.herald.server.persistence.Database;
import dev.herald.server.testing.TestDatabase;
import jakarta.persistence.Entity;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That every entity is mapped; each room's own test persists its entities and reads them back. */
class EntitiesTest {
    @Test
    void entities_annotated_areAllListed() {
        assertThat(Application.entities().stream().map(Class::getName))
                .containsExactlyInAnyOrderElementsOf(new ClassFileImporter()
                                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                                .importPackages("dev.herald.server")
                                .stream()
                                .filter(one -> one.isAnnotatedWith(Entity.class))
                                .map(JavaClass::getName)
                                .toList());
    }

    @Test
    void entities_listed_matchTheSchema() {
        try (Database database = TestDatabase.open(Application.entities().toArray(Class<?>[]::new))) {
            for (Class<?> entity : Application.entities()) {
                List<?> rows = database.transactions()
                        .write(session -> session.createSelectionQuery("from " + entity.getSimpleName(), entity)
                                .getResultList());
                assertThat(rows).isEmpty();
            }
        }
    }
}
