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
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;

/** ValidateToken: CACHED beside a bare echo under the same load, STRICT beside what PostgreSQL gives pgbench. */
final class ValidateCase implements BenchCase {
    private static final int TOKENS = 200;
    private static final int ROUNDS = 3;
    private static final double CACHED_TARGET = 0.80;
    private static final double STRICT_TARGET = 0.5;
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
                .atLeast("ratio", rate / baseline, CACHED_TARGET)
                .put("cpu_us_a_call", cpu(ours)));
        H2Load.find().ifPresent(tool -> h2loadCached(rig, tool, herald, echo, requests.get(0)));
    }

    private static void h2loadCached(Rig rig, H2Load tool, Herald herald, EchoProcess echo, byte[] request) {
        Path body = tool.body(rig.folder(), request);
        Duration length = rig.sizes().load();
        Rates rates = Rates.measure(
                () -> tool.rate(rig.children(), herald.port(), body, length),
                () -> tool.rate(rig.children(), echo.port(), body, length));
        rig.print(new Figures("validate")
                .put("freshness", "cached")
                .put("client", "h2load")
                .put("calls_per_s", rates.ours())
                .put("echo_per_s", rates.bare())
                .atLeast("ratio", rates.ours() / rates.bare(), CACHED_TARGET));
    }

    /** pgbench is a program in C; so a client in C asks for the same as it. */
    private static void h2loadStrict(Rig rig, H2Load tool, Herald herald, SelectRate selects, byte[] request) {
        Path body = tool.body(rig.folder(), request);
        Duration length = rig.sizes().load();
        Rates rates = Rates.measure(
                () -> tool.rate(rig.children(), herald.port(), body, length), () -> selects.measure(length));
        rig.print(new Figures("validate")
                .put("freshness", "strict")
                .put("client", "h2load")
                .put("calls_per_s", rates.ours())
                .put("selects_by", selects.name())
                .put("selects_per_s", rates.bare())
                .atLeast("ratio", rates.ours() / rates.bare(), STRICT_TARGET));
    }

    /** Medians of two rates that were measured in turn. */
    private record Rates(double ours, double bare) {
        static Rates measure(DoubleSupplier measureOurs, DoubleSupplier measureBare) {
            List<Double> ours = new ArrayList<>();
            List<Double> bare = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                bare.add(measureBare.getAsDouble());
                ours.add(measureOurs.getAsDouble());
            }
            bare.add(measureBare.getAsDouble());
            return new Rates(Medians.of(ours, Double::doubleValue), Medians.of(bare, Double::doubleValue));
        }
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
                .atLeast("ratio", rate / baseline, STRICT_TARGET)
                .put("cpu_us_a_call", cpu(ours)));
        H2Load.find().ifPresent(tool -> h2loadStrict(rig, tool, herald, selects, requests.get(0)));
    }

    private static OptionalDouble cpu(List<CallRate> rates) {
        return rates.stream().allMatch(rate -> rate.cpuMicros().isPresent())
                ? OptionalDouble.of(Medians.of(rates, rate -> rate.cpuMicros().getAsDouble()))
                : OptionalDouble.empty();
    }
}
