package dev.herald.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Delivery to a relay that is 20 ms away, over 64 connections, beside smtp-source over the same way with 64 sessions. */
final class DelayedCase implements BenchCase {
    private static final Duration DELAY = Duration.ofMillis(20);
    private static final int CONNECTIONS = 64;
    /** It waits out each round trip, so a twentieth of the usual takes as long. */
    private static final int BASELINE_SHARE = 20;

    @Override
    public void run(Rig rig) {
        Sizes sizes = rig.sizes();
        try (BenchDatabase database = rig.postgres().newDatabase();
                MailSink sink = rig.sink();
                TcpProxy proxy = TcpProxy.inFrontOf(sink.port(), DELAY);
                Herald herald = Herald.serve(
                        rig, database.url(), proxy.port(), Map.of("SMTP_CONNECTIONS", Integer.toString(CONNECTIONS)))) {
            Campus campus = Campus.load(herald, sizes.small(), sizes.medium(), sizes.large());
            for (int i = 0; i < sizes.warmUps(); i++) {
                Round.run(herald, campus, database, sizes.medium());
            }
            Scene scene = new Scene(rig, herald, campus, database, proxy);
            scene.measure(sizes.small(), sizes.smallRounds());
            scene.measure(sizes.medium(), sizes.rounds());
            scene.measure(sizes.large(), 1);
        }
    }

    /** Everything a measurement needs. */
    private record Scene(Rig rig, Herald herald, Campus campus, BenchDatabase database, TcpProxy proxy) {
        void measure(int students, int howMany) {
            SmtpSource source =
                    rig.source(proxy.port(), CONNECTIONS, rig.sizes().baselineMails() / BASELINE_SHARE);
            List<Round> rounds = new ArrayList<>();
            source.run();
            for (int i = 0; i < howMany; i++) {
                rounds.add(Round.run(herald, campus, database, students));
            }
            source.run();
            double rate = Medians.of(rounds, Round::rate);
            Figures figures = new Figures("delivery-20ms")
                    .put("students", students)
                    .put("connections", CONNECTIONS)
                    .put("sent", rounds.stream().mapToInt(Round::sent).sum())
                    .put("first_ms", Medians.of(rounds, Round::first))
                    .put("last_ms", Medians.of(rounds, Round::last))
                    .put("smtp_source_per_s", source.rate());
            if (students == rig.sizes().medium()) {
                figures.atLeast("mails_per_s", rate, 2_500);
            } else {
                figures.put("mails_per_s", rate);
            }
            rig.print(figures.put("ratio", source.ratio(rate)));
        }
    }
}
