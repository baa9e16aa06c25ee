package dev.herald.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A lecture's mail on a warm server: how long until the first is out, and the last. */
final class SmallCase implements BenchCase {
    @Override
    public void run(Rig rig) {
        Sizes sizes = rig.sizes();
        try (BenchDatabase database = rig.postgres().newDatabase();
                MailSink sink = rig.sink();
                Herald herald = Herald.serve(rig, database.url(), sink.port(), Map.of())) {
            Campus campus = Campus.load(herald, sizes.small(), sizes.medium());
            for (int i = 0; i < sizes.warmUps(); i++) {
                Round.run(herald, campus, database, sizes.medium());
                Round.run(herald, campus, database, sizes.small());
            }
            List<Round> rounds = new ArrayList<>();
            for (int i = 0; i < sizes.smallRounds(); i++) {
                rounds.add(Round.run(herald, campus, database, sizes.small()));
            }
            rig.print(new Figures("small")
                    .put("students", sizes.small())
                    .put("rounds", rounds.size())
                    .put("answered_ms", Medians.of(rounds, Round::answered))
                    .atMost("first_ms", Medians.of(rounds, Round::first), 15)
                    .atMost("last_ms", Medians.of(rounds, Round::last), 40)
                    .put("written_ms", Medians.of(rounds, Round::written)));
        }
    }
}
