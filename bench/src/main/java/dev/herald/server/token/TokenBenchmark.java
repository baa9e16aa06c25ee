package dev.herald.server.token;

import dev.herald.server.config.Secret;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
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

/** What a link's signature costs, when it is made and when it is checked. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TokenBenchmark {
    private final KeyRing keys =
            KeyRing.of(new TokenConfig(new Secret("a-key-for-benchmarks-of-32-bytes-or-more"), List.of()));
    private final TokenIssuer issuer = new TokenIssuer(keys);
    private final TokenVerifier verifier = new TokenVerifier(keys, Clock.systemUTC());
    private final Instant now = Instant.now();
    private final Instant later = now.plusSeconds(86_400);
    private final String signingInput = issuer.issue(4711, 42, now, later).signingInput();
    private final String token = issuer.sign(signingInput).orElseThrow();

    /** Makes what is stored: claims and a new id, not signed. */
    @Benchmark
    public Object issue() {
        return issuer.issue(4711, 42, now, later);
    }

    /** Adds the signature, as composing a mail does. */
    @Benchmark
    public Optional<String> sign() {
        return issuer.sign(signingInput);
    }

    /** Signature, claims and times, as ValidateToken does before it looks at the token's state. */
    @Benchmark
    public Object verify() {
        return verifier.verify(token);
    }
}
