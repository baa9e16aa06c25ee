package dev.herald.server.mail;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to turn a rendered mail of usual size into the octets on the wire. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MimeBenchmark {
    private static final String LINK = "https://attendance.campus.example/mark?token=" + "t".repeat(290);
    private static final String TEXT = """
            Hello Asha,

            attendance for CS401 Compilers on 2026-03-02, 08:00 to 09:00, is open. To mark yours, open this link:

            %s

            It is personal, and lives until 2026-03-02 09:00 UTC.
            """.formatted(LINK);
    private static final String HTML = """
            <!doctype html>
            <html lang="en">
            <body>
            <p>Hello Asha,</p>
            <p>attendance for <b>CS401 Compilers</b> on 2026-03-02, 08:00 to 09:00, is open.</p>
            <p><a href="%s">Mark your attendance</a></p>
            <p>The link is personal, and lives until 2026-03-02 09:00 UTC.</p>
            </body>
            </html>
            """.formatted(LINK);

    private final MimeWriter writer = new MimeWriter();
    private final EmailMessage message = new EmailMessage(
            "4711.1@campus.example",
            Mailbox.parse("Attendance <attendance@campus.example>"),
            Mailbox.parse("Asha Rao <student4711@campus.example>"),
            "Attendance: CS401 Compilers, 2026-03-02 08:00",
            TEXT,
            HTML,
            Instant.parse("2026-03-02T08:00:00Z"));

    @Benchmark
    public byte[] write() {
        return writer.write(message);
    }
}
