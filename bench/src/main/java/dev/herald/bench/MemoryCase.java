package dev.herald.bench;

import java.util.Map;
import java.util.OptionalDouble;

/** Memory of the server: with a queue that a hanging relay keeps full, and after delivering one. */
final class MemoryCase implements BenchCase {
    private static final double MOST_MB = 300;
    private static final double SETTLING_SECONDS = 5;

    @Override
    public void run(Rig rig) {
        Figures figures = new Figures("memory").put("students", rig.sizes().medium());
        try (OwnSink relay = OwnSink.hanging();
                BenchDatabase database = rig.postgres().newDatabase();
                Herald herald = Herald.serve(rig, database.url(), relay.port(), Map.of())) {
            Campus campus = Campus.load(herald, rig.sizes().medium());
            long session = campus.newSession(rig.sizes().medium());
            herald.client().notifications().generateForSession(session);
            Threads.pass(SETTLING_SECONDS);
            note(figures, "queued", herald.residentMb(), herald.peakMb());
        }
        try (MailSink relay = rig.sink();
                BenchDatabase database = rig.postgres().newDatabase();
                Herald herald = Herald.serve(rig, database.url(), relay.port(), Map.of())) {
            Campus campus = Campus.load(herald, rig.sizes().medium());
            Round.run(herald, campus, database, rig.sizes().medium());
            note(figures, "delivered", herald.residentMb(), herald.peakMb());
        }
        rig.print(figures);
    }

    private static void note(Figures figures, String when, OptionalDouble resident, OptionalDouble peak) {
        figures.atMost(when + "_rss_mb", resident, MOST_MB).put(when + "_peak_mb", peak);
    }
}
