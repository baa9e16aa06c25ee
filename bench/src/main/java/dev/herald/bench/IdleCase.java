package dev.herald.bench;

import java.util.Map;
import java.util.OptionalDouble;

/** What an empty queue costs. */
final class IdleCase implements BenchCase {
    private static final double SETTLING_SECONDS = 10;

    @Override
    public void run(Rig rig) {
        double seconds = rig.sizes().idle().toMillis() / 1e3;
        try (BenchDatabase database = rig.postgres().newDatabase();
                OwnSink sink = OwnSink.start();
                Herald herald = Herald.serve(rig, database.url(), sink.port(), Map.of())) {
            boolean counting = Statements.enable(database);
            Campus campus = Campus.load(herald, rig.sizes().small());
            Round.run(herald, campus, database, rig.sizes().small());
            Threads.pass(Math.min(SETTLING_SECONDS, seconds));
            Usage used = Usage.of(herald, database, sink);
            Statements before = counting ? Statements.of(database) : Statements.NONE;
            Threads.pass(seconds);
            Statements made = (counting ? Statements.of(database) : before).since(before);
            Usage spent = Usage.of(herald, database, sink).since(used);
            Figures figures = new Figures("idle").put("seconds", seconds);
            if (counting) {
                figures.atMost("statements_a_minute", made.work() * 60 / seconds, 150)
                        .put("with_begin_and_commit", (made.work() + 2 * made.commits()) * 60 / seconds);
            }
            rig.print(figures.atMost("cpu_percent", percent(spent.own(), seconds), 1)
                    .put("db_cpu_percent", percent(spent.database(), seconds)));
        }
    }

    private static OptionalDouble percent(OptionalDouble cpu, double seconds) {
        return cpu.isPresent() ? OptionalDouble.of(cpu.getAsDouble() * 100 / seconds) : cpu;
    }
}
