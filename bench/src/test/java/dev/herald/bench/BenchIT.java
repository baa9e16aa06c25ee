package dev.herald.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The load program works: the packaged server, a PostgreSQL and a sink, small. How fast they are is nobody's business here. */
class BenchIT {
    private static final Path ROOT = Path.of(System.getProperty("herald.root"));

    /** What no log may hold: a token, a link, or an address. */
    private static final Pattern LEAK =
            Pattern.compile("eyJ[\\w-]+\\.|token=[\\w.-]{16}|[\\w.+-]+@[\\w-]+\\.[a-z]{2,}");

    @Test
    void case_ofAQuickRun_deliversEverythingAndLeavesNoProcess() throws IOException {
        Path log;
        try (Rig rig = Rig.open(ROOT, Sizes.quick(), SmtpTools.find(Rig.target(ROOT)));
                BenchDatabase database = rig.postgres().newDatabase();
                MailSink sink = rig.sink();
                Herald herald = Herald.serve(rig, database.url(), sink.port(), Map.of())) {
            log = rig.folder().resolve("herald.log");
            Campus campus = Campus.load(herald, rig.sizes().medium());
            Round round = Round.run(herald, campus, database, rig.sizes().medium());
            assertThat(round.sent()).isEqualTo(round.mails());
            assertThat(round.first()).isPositive().isLessThanOrEqualTo(round.last());
            assertThat(round.last()).isLessThanOrEqualTo(round.written());
            assertThat(round.rate()).isPositive();
        }
        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .isEmpty();
        assertThat(Files.readAllLines(log))
                .isNotEmpty()
                .noneMatch(line -> LEAK.matcher(line).find());
    }
}
