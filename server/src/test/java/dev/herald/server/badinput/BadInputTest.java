package dev.herald.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.badinput.BadInput.Place;
import dev.herald.server.testing.RawCall.Answer;
import io.grpc.Status;
import java.io.IOException;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whatever is sent, the answer is the one the table has; and what is refused leaves nothing behind. */
class BadInputTest {
    private static final Map<Place, Scene> SCENES = new EnumMap<>(Place.class);

    @AfterAll
    static void close() throws SQLException {
        for (Scene scene : SCENES.values()) {
            scene.close();
        }
    }

    @Test
    void table_hasEveryNumber() throws IOException {
        assertThat(rows().map(BadInput::number).distinct())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 38).mapToObj(i -> "B" + i).toList());
    }

    @TestFactory
    Stream<DynamicTest> input_ofTheTable_isAnsweredAsItSays() throws IOException {
        return rows().map(row -> DynamicTest.dynamicTest(row.toString(), () -> send(row)));
    }

    private static void send(BadInput row) throws Exception {
        Scene scene = SCENES.computeIfAbsent(row.place(), Scene::at);
        scene.database().remember();
        Answer answer = row.sending().send(scene);
        row.expected().check(scene, answer);
        if (answer.code() != Status.Code.OK) {
            assertThat(scene.database().written()).isEqualTo(scene.database().remembered());
        }
    }

    private static Stream<BadInput> rows() throws IOException {
        return Stream.of(
                        SessionInputs.rows(),
                        TextInputs.rows(),
                        MailInputs.rows(),
                        TransportInputs.rows(),
                        CallerInputs.rows(),
                        ListInputs.rows(),
                        TokenInputs.rows(),
                        later())
                .flatMap(all -> all);
    }

    private static Stream<BadInput> later() {
        return Stream.of(
                skipped("B36", "reset or verification mail for an unknown address", "there is no EmailService yet"),
                skipped("B37", "another user's in-app notification", "there is no InboxService yet"));
    }

    /** A row that can't be sent here and now. */
    static BadInput skipped(String number, String what, String why) {
        return BadInput.row(
                number, what, Place.QUIET, scene -> Assumptions.<Answer>abort("skipped: " + why), Expected.ok());
    }
}
