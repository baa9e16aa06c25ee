package dev.herald.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How fast this machine is by itself: smtp-source, a bare gRPC echo, and a flush. The lines of the other cases repeat it. */
final class SmtpSourceCase implements BenchCase {
    private static final int RUNS = 3;
    private static final int SESSIONS = 4;

    @Override
    public void run(Rig rig) {
        Figures figures = new Figures("smtp-source")
                .put("cores", Runtime.getRuntime().availableProcessors())
                .put("flush_us", FlushTime.medianMicros(rig.folder()));
        try (MailSink sink = rig.sink();
                BenchDatabase database = rig.postgres().newDatabase();
                Herald herald = Herald.serve(rig, database.url(), sink.port(), Map.of("DELIVERY", "off"));
                EchoProcess echo = EchoProcess.like(herald, rig.children())) {
            SmtpSource source = rig.source(sink.port(), SESSIONS);
            List<byte[]> request = ValidateCase.requests(herald, 1, false);
            List<Double> echoes = new ArrayList<>();
            for (int i = 0; i < RUNS; i++) {
                source.run();
                echoes.add(CallRate.measure(echo.port(), request, rig.sizes().load(), Duration.ofSeconds(1)));
            }
            double echoRate = Medians.of(echoes, Double::doubleValue);
            rig.print(figures.put("mails_per_s", source.rate()).put("echo_per_s", echoRate));
            rig.report().begin(new Report.Baseline(source.rate(), echoRate));
        }
    }
}
