package dev.herald.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** nghttp2's load generator, where it is installed: cheaper than any client in Java, but it sends one request only. */
final class H2Load {
    private static final Pattern RATE = Pattern.compile("finished in [^,]+, ([0-9.]+) req/s");
    private static final int FRAME_HEAD = 5;

    private final Path program;

    private H2Load(Path program) {
        this.program = program;
    }

    static Optional<H2Load> find() {
        return Arrays.stream(System.getenv("PATH").split(":", -1))
                .map(folder -> Path.of(folder, "h2load"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(H2Load::new);
    }

    /** A file with the request as gRPC frames it. */
    Path body(Path folder, byte[] request) {
        try {
            ByteBuffer frame = ByteBuffer.allocate(FRAME_HEAD + request.length)
                    .put((byte) 0)
                    .putInt(request.length)
                    .put(request);
            return Files.write(folder.resolve("request.grpc"), frame.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    double rate(Children children, int port, Path body, Duration length) {
        return CommandOutput.number(
                children,
                List.of(
                        program.toString(),
                        "-c",
                        Integer.toString(CallLoad.CONNECTIONS),
                        "-m",
                        Integer.toString(CallLoad.IN_FLIGHT),
                        "-D",
                        Long.toString(Math.max(1, length.toSeconds())),
                        "--warm-up-time",
                        "1",
                        "-d",
                        body.toString(),
                        "-H",
                        "content-type: application/grpc",
                        "-H",
                        "te: trailers",
                        "http://127.0.0.1:" + port + "/herald.v1.TokenService/ValidateToken"),
                RATE);
    }
}
