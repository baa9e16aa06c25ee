package dev.herald.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

/** Generation and delivery of whole sessions on a warm server, beside smtp-source into the same sink. */
final class DeliveryCase implements BenchCase {
    private static final int BASELINE_SESSIONS = 4;

    @Override
    public void run(Rig rig) {
        Sizes sizes = rig.sizes();
        try (BenchDatabase database = rig.postgres().newDatabase();
                MailSink sink = rig.sink();
                Herald herald = Herald.serve(rig, database.url(), sink.port(), Map.of())) {
            Campus campus = Campus.load(herald, sizes.small(), sizes.medium(), sizes.large());
            boolean counting = Statements.enable(database);
            for (int i = 0; i < sizes.warmUps(); i++) {
                Round.run(herald, campus, database, sizes.medium());
            }
            Scene scene = new Scene(rig, herald, campus, database, sink, counting);
            scene.measure(sizes.small(), sizes.rounds());
            scene.measure(sizes.medium(), sizes.rounds());
            scene.measure(sizes.large(), 1);
        }
    }

    /** Everything a measurement needs. */
    private record Scene(
            Rig rig, Herald herald, Campus campus, BenchDatabase database, MailSink sink, boolean counting) {
        void measure(int students, int rounds) {
            SmtpSource source = rig.source(sink.port(), BASELINE_SESSIONS);
            List<Round> done = new ArrayList<>();
            List<Usage> used = new ArrayList<>();
            Statements statements = count();
            for (int i = 0; i < rounds; i++) {
                source.run();
                Usage before = Usage.of(herald, database, sink);
                done.add(Round.run(herald, campus, database, students));
                used.add(Usage.of(herald, database, sink).since(before));
            }
            source.run();
            rig.print(line(students, done, used, count().since(statements), source));
        }

        private Statements count() {
            return counting ? Statements.of(database) : Statements.NONE;
        }

        private Figures line(
                int students, List<Round> rounds, List<Usage> used, Statements statements, SmtpSource source) {
            double rate = Medians.of(rounds, Round::rate);
            double mails = (double) students * rounds.size();
            boolean judged = students == rig.sizes().medium();
            Figures figures = new Figures("delivery")
                    .put("students", students)
                    .put("rounds", rounds.size())
                    .put("sent", rounds.stream().mapToInt(Round::sent).sum())
                    .put("answered_ms", Medians.of(rounds, Round::answered))
                    .put("first_ms", Medians.of(rounds, Round::first))
                    .put("last_ms", Medians.of(rounds, Round::last))
                    .put("written_ms", Medians.of(rounds, Round::written))
                    .put("smtp_source_per_s", source.rate());
            OptionalDouble own = cpu(used, students, Usage::own);
            OptionalDouble theirs = cpu(used, students, Usage::database);
            if (judged) {
                figures.atLeast("mails_per_s", rate, 10_000)
                        .atLeast("ratio", source.ratio(rate), 0.30)
                        .atMost("trigger_to_last_s", Medians.of(rounds, Round::last) / 1e3, 1.3)
                        .atMost("cpu_ms_a_mail", own, 0.12)
                        .atMost("db_cpu_ms_a_mail", theirs, 0.06);
            } else {
                figures.put("mails_per_s", rate)
                        .put("ratio", source.ratio(rate))
                        .put("cpu_ms_a_mail", own)
                        .put("db_cpu_ms_a_mail", theirs);
            }
            if (counting) {
                figures.put("statements_a_mail", statements.work() / mails)
                        .put("commits_a_mail", statements.commits() / mails);
            }
            return figures.put("sink_cpu_ms_a_mail", cpu(used, students, Usage::sink))
                    .put("rss_mb", herald.residentMb())
                    .put("peak_mb", herald.peakMb());
        }

        private static OptionalDouble cpu(List<Usage> used, int students, Function<Usage, OptionalDouble> whose) {
            List<OptionalDouble> seconds = used.stream().map(whose).toList();
            return seconds.stream().allMatch(OptionalDouble::isPresent)
                    ? Usage.msEach(OptionalDouble.of(Medians.of(seconds, OptionalDouble::getAsDouble)), students)
                    : OptionalDouble.empty();
        }
    }
}
