package dev.herald.bench;

import java.time.Duration;
import java.util.Map;

/** What a mail costs by count, which no machine changes: statements, commits and round trips to the database and the relay. */
final class TripsCase implements BenchCase {
    @Override
    public void run(Rig rig) {
        int students = rig.sizes().medium();
        try (BenchDatabase database = rig.postgres().newDatabase();
                MailSink sink = rig.sink();
                TcpProxy sql = TcpProxy.inFrontOf(database.uri().getPort(), Duration.ZERO);
                TcpProxy smtp = TcpProxy.inFrontOf(sink.port(), Duration.ZERO);
                Herald herald = Herald.serve(rig, database.urlThrough(sql.port()), smtp.port(), Map.of())) {
            Campus campus = Campus.load(herald, students);
            boolean counting = Statements.enable(database);
            Round.run(herald, campus, database, students);
            Statements before = counting ? Statements.of(database) : Statements.NONE;
            long sqlBefore = sql.roundTrips();
            long smtpBefore = smtp.roundTrips();
            Round.run(herald, campus, database, students);
            Figures figures = new Figures("trips")
                    .put("students", students)
                    .put("sql_round_trips_a_mail", (sql.roundTrips() - sqlBefore) / (double) students)
                    .put("smtp_round_trips_a_mail", (smtp.roundTrips() - smtpBefore) / (double) students);
            if (counting) {
                Statements made = Statements.of(database).since(before);
                figures.put("statements_a_mail", made.work() / students)
                        .put("commits_a_mail", made.commits() / students);
            }
            rig.print(figures);
        }
    }
}
