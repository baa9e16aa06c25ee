package dev.herald.bench;

import dev.herald.v1.Freshness;
import dev.herald.v1.ValidateTokenRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.LongStream;

/** ValidateToken: CACHED beside a bare echo under the same load, STRICT beside what PostgreSQL gives pgbench. */
final class ValidateCase implements BenchCase {
    private static final int TOKENS = 200;
    private static final int ROUNDS = 3;
    private static final Duration WARM_UP = Duration.ofSeconds(1);

    /** Requests for the tokens of so many students. */
    static List<byte[]> requests(Herald herald, int students, boolean strict) {
        Campus campus = Campus.load(herald, students);
        long session = campus.newSession(students);
        Instant end = Instant.now().plusSeconds(3_600);
        long first = Campus.firstStudent(students);
        return LongStream.range(first, first + students)
                .mapToObj(student ->
                        herald.client().tokens().generate(student, session, end).getToken())
                .map(token -> ValidateTokenRequest.newBuilder()
                        .setToken(token)
                        .setFreshness(strict ? Freshness.FRESHNESS_STRICT : Freshness.FRESHNESS_CACHED)
                        .build()
                        .toByteArray())
                .toList();
    }

    @Override
    public void run(Rig rig) {
        try (BenchDatabase database = rig.postgres().newDatabase();
                OwnSink sink = OwnSink.start();
                Herald herald = Herald.serve(rig, database.url(), sink.port(), Map.of());
                EchoProcess echo = EchoProcess.like(herald, rig.children())) {
            cached(rig, herald, echo);
            strict(rig, herald, database);
        }
    }

    private static void cached(Rig rig, Herald herald, EchoProcess echo) {
        List<byte[]> requests = requests(herald, TOKENS, false);
        Duration length = rig.sizes().load();
        List<CallRate> ours = new ArrayList<>();
        List<Double> bare = new ArrayList<>();
        CallRate.measure(herald.port(), requests, length, WARM_UP);
        CallRate.measure(echo.port(), requests, length, WARM_UP);
        for (int i = 0; i < ROUNDS; i++) {
            bare.add(CallRate.measure(echo.port(), requests, length, WARM_UP));
            ours.add(CallRate.measure(herald.port(), requests, length, WARM_UP, herald::cpuSeconds));
        }
        bare.add(CallRate.measure(echo.port(), requests, length, WARM_UP));
        double rate = Medians.of(ours, CallRate::perSecond);
        double baseline = Medians.of(bare, Double::doubleValue);
        rig.print(new Figures("validate")
                .put("freshness", "cached")
                .put("client", "java")
                .put("calls_per_s", rate)
                .put("echo_per_s", baseline)
                .atLeast("ratio", rate / baseline, 0.80)
                .put("cpu_us_a_call", cpu(ours)));
        H2Load.find().ifPresent(tool -> h2load(rig, tool, herald, echo, requests.get(0)));
    }

    private static void h2load(Rig rig, H2Load tool, Herald herald, EchoProcess echo, byte[] request) {
        Path body = tool.body(rig.folder(), request);
        List<Double> ours = new ArrayList<>();
        List<Double> bare = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            bare.add(tool.rate(rig.children(), echo.port(), body, rig.sizes().load()));
            ours.add(tool.rate(rig.children(), herald.port(), body, rig.sizes().load()));
        }
        bare.add(tool.rate(rig.children(), echo.port(), body, rig.sizes().load()));
        double rate = Medians.of(ours, Double::doubleValue);
        double baseline = Medians.of(bare, Double::doubleValue);
        rig.print(new Figures("validate")
                .put("freshness", "cached")
                .put("client", "h2load")
                .put("calls_per_s", rate)
                .put("echo_per_s", baseline)
                .atLeast("ratio", rate / baseline, 0.80));
    }

    private static void strict(Rig rig, Herald herald, BenchDatabase database) {
        List<byte[]> requests = requests(herald, TOKENS, true);
        Duration length = rig.sizes().load();
        SelectRate selects = SelectRate.prepare(rig, database);
        List<CallRate> ours = new ArrayList<>();
        List<Double> bare = new ArrayList<>();
        CallRate.measure(herald.port(), requests, length, WARM_UP);
        for (int i = 0; i < ROUNDS; i++) {
            bare.add(selects.measure(length));
            ours.add(CallRate.measure(herald.port(), requests, length, WARM_UP, herald::cpuSeconds));
        }
        bare.add(selects.measure(length));
        double rate = Medians.of(ours, CallRate::perSecond);
        double baseline = Medians.of(bare, Double::doubleValue);
        rig.print(new Figures("validate")
                .put("freshness", "strict")
                .put("client", "java")
                .put("calls_per_s", rate)
                .put("selects_by", selects.name())
                .put("selects_per_s", baseline)
                .atLeast("ratio", rate / baseline, 0.5)
                .put("cpu_us_a_call", cpu(ours)));
    }

    private static OptionalDouble cpu(List<CallRate> rates) {
        return rates.stream().allMatch(rate -> rate.cpuMicros().isPresent())
                ? OptionalDouble.of(Medians.of(rates, rate -> rate.cpuMicros().getAsDouble()))
                : OptionalDouble.empty();
    }
}
