package dev.herald.server.notification;

import dev.herald.server.mail.RenderedMail;
import dev.herald.server.mail.Templates;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
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

/** What the built-in templates cost: subject, text and HTML of one attendance mail. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RenderingBenchmark {
    private static final Instant START = Instant.parse("2026-03-02T08:00:00Z");
    /** As long as a genuine one. */
    private static final String TOKEN = "t".repeat(290);

    private final AttendanceTemplate template = new AttendanceTemplate(
            new Templates(Optional.empty()),
            new NotificationConfig(
                    "https://attendance.campus.example/mark",
                    new ExpiryPolicy(ExpiryPolicy.Start.SESSION_START, Duration.ofMinutes(60)),
                    ZoneId.of("UTC")));
    private final AttendanceData data = new AttendanceData(
            4711,
            "pending",
            TOKEN,
            START.plusSeconds(3_600),
            1,
            START,
            START.plusSeconds(3_600),
            "Asia/Kolkata",
            "Compilers & interpreters",
            "CS401",
            "student4711@campus.example",
            "Asha",
            "Rao",
            true,
            false);

    @Benchmark
    public RenderedMail render() {
        return template.render(data, TOKEN);
    }
}
