package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.mail.DeliveryOutcome.Kind;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Whatever a relay answers and wherever it hangs up: what is said of a mail is what became of it. */
class RandomRelayTest {
    private static final String[] REPLIES = {
        "250 2.0.0 ok",
        "354 go ahead",
        "421 4.3.2 closing",
        "451 4.3.0 later",
        "503 5.5.1 bad sequence",
        "550-5.1.1 no\r\n550 5.1.1 such user",
        "nonsense",
        ScriptedSmtpServer.DROP,
        ScriptedSmtpServer.ACCEPT_AND_DROP
    };

    private static final Stage[] STAGES = {Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT, Stage.RSET};
    private static final int MAILS = 15;

    @Property(tries = 150)
    void send_randomReplies_outcomesTellTheTruth(@ForAll long seed, @ForAll boolean pipelining) throws Exception {
        Random random = new Random(seed);
        try (ScriptedSmtpServer server = ScriptedSmtpServer.start()) {
            server.announce(pipelining ? "PIPELINING" : "8BITMIME");
            for (Stage stage : STAGES) {
                server.reply(stage, argument -> surprise(random));
            }
            deliver(server, random);
        }
    }

    private static @Nullable String surprise(Random random) {
        return random.nextInt(10) > 0 ? null : REPLIES[random.nextInt(REPLIES.length)];
    }

    private static void deliver(ScriptedSmtpServer server, Random random) throws Exception {
        List<Kind> kinds = new ArrayList<>();
        @Nullable MailConnection connection = null;
        for (int i = 0; i < MAILS; i++) {
            if (connection == null || !connection.usable()) {
                connection = SmtpTransportTest.transport(SmtpTransportTest.PATIENT, "127.0.0.1:" + server.port())
                        .connect();
            }
            kinds.add(connection
                    .send(mail(i), random.nextBoolean() ? mail(i + 1) : null)
                    .kind());
            if (random.nextInt(8) == 0) {
                connection.close();
            }
        }
        connection.abort();
        for (int i = 0; i < MAILS; i++) {
            assertTrue(kinds.get(i), copies(server, i));
        }
    }

    private static void assertTrue(Kind kind, long copies) {
        switch (kind) {
            case ACCEPTED -> assertThat(copies).isEqualTo(1);
            case UNKNOWN -> assertThat(copies).isLessThanOrEqualTo(1);
            default ->
                assertThat(copies).as("copies of a mail that is %s", kind).isZero();
        }
    }

    private static long copies(ScriptedSmtpServer server, int number) {
        return server.mails().stream()
                .filter(mail -> mail.messageId().equals("<" + number + ".1@example.org>"))
                .count();
    }

    private static EmailMessage mail(int number) {
        return TestMails.numbered(number, "s" + number + "@example.org");
    }
}
