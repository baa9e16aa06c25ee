package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawCall.Answer;
import dev.herald.v1.ValidateTokenRequest;
import io.grpc.CallOptions;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Bytes that are no request: refused with a status that says so, counted, and told in one line however many come. */
class MalformedInputTest {
    private static final String VALIDATE = "herald.v1.TokenService/ValidateToken";
    private static final String GENERATE = "herald.v1.NotificationService/GenerateForSession";

    private static HeraldFixture herald;
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    /** Packs by something of its own, under a name of its own. */
    private record Packer(String name, byte[] result) implements Codec {
        @Override
        public String getMessageEncoding() {
            return name;
        }

        @Override
        public OutputStream compress(OutputStream out) {
            return new ByteArrayOutputStream() {
                @Override
                public void close() throws IOException {
                    out.write(result);
                    out.close();
                }
            };
        }

        @Override
        public java.io.InputStream decompress(java.io.InputStream in) {
            return in;
        }
    }

    @BeforeAll
    static void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
    }

    @AfterAll
    static void stop() {
        herald.close();
    }

    @BeforeEach
    void listen() {
        logged.start();
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).detachAppender(logged);
    }

    @Test
    void requests_thatAreNoMessages_areCountedAndToldInOneLine() {
        ManagedChannel channel = herald.channel();
        long before = refusals().count("MALFORMED_REQUEST");
        byte[] noMessage = "no message".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 150; i++) {
            for (String method : List.of(VALIDATE, GENERATE)) {
                Answer answer = RawCall.toItsEnd(channel, method, admin(), List.of(noMessage));
                assertThat(answer.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
                assertThat(answer.reason()).isEqualTo("MALFORMED_REQUEST");
            }
        }
        assertThat(refusals().count("MALFORMED_REQUEST") - before).isEqualTo(300);
        assertThat(linesOf("malformed request")).hasSizeLessThanOrEqualTo(2);
        assertThat(logged.list).hasSizeLessThanOrEqualTo(4).noneMatch(event -> event.getThrowableProxy() != null);
    }

    @Test
    void request_whosePackingIsBroken_isInvalid() {
        byte[] half = {31, -117, 8, 0, 0, 0, 0, 0, 0, 0, 75};
        for (String method : List.of(VALIDATE, GENERATE)) {
            for (byte[] broken : List.of("no gzip".getBytes(StandardCharsets.UTF_8), half, new byte[0])) {
                Answer answer = packed(new Packer("gzip", broken), method);
                assertThat(answer.code()).as(method + broken.length).isEqualTo(Status.Code.INVALID_ARGUMENT);
                assertThat(answer.reason()).isEqualTo("MALFORMED_REQUEST");
            }
        }
    }

    @Test
    void request_packedInAnUnknownWay_isUnimplemented() {
        assertThat(packed(new Packer("brotli", new byte[1]), VALIDATE).code()).isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    void request_tooLargeOrUnpackingToTooMuch_isResourceExhaustedAndCounted() {
        ManagedChannel channel = herald.channel();
        long before = refusals().count(Refusals.REQUEST_TOO_LARGE);
        byte[] large = ValidateTokenRequest.newBuilder()
                .setToken("x".repeat(5_000_000))
                .build()
                .toByteArray();
        for (int i = 0; i < 10; i++) {
            for (String method : List.of(VALIDATE, GENERATE)) {
                assertThat(RawCall.toItsEnd(channel, method, admin(), List.of(large))
                                .code())
                        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                assertThat(RawCall.packed(channel, method, admin(), List.of(large))
                                .code())
                        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            }
        }
        await().until(() -> refusals().count(Refusals.REQUEST_TOO_LARGE) - before == 40);
        assertThat(linesOf("request too large")).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void call_withMoreMetadataThanAllowed_failsAloneAndOthersGoOn() {
        ManagedChannel channel = herald.channel();
        for (int kilobytes : new int[] {9, 16, 48}) {
            Metadata headers = admin();
            headers.put(Metadata.Key.of("x-more", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(kilobytes << 10));
            assertThat(RawCall.toItsEnd(channel, VALIDATE, headers, List.of(new byte[0]))
                            .code())
                    .isNotEqualTo(Status.Code.OK);
        }
        byte[] good = ValidateTokenRequest.newBuilder().setToken("x").build().toByteArray();
        assertThat(RawCall.toItsEnd(channel, VALIDATE, admin(), List.of(good)).code())
                .isEqualTo(Status.Code.OK);
    }

    @Test
    void close_afterMessagesThatWereTooLargeFromClientsThatStay_isBounded() {
        HeraldFixture another = herald.another(Map.of("DELIVERY", "off"));
        ManagedChannel idle = another.channel();
        byte[] large = new byte[5_000_000];
        RawCall.toItsEnd(idle, VALIDATE, admin(), List.of(large));
        long start = System.nanoTime();
        another.application().close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        another.close();
    }

    private static Answer packed(Packer packer, String method) {
        CompressorRegistry packers = CompressorRegistry.newEmptyInstance();
        packers.register(packer);
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", herald.port())
                .usePlaintext()
                .compressorRegistry(packers)
                .build();
        try {
            return RawCall.begin(
                            channel,
                            CallOptions.DEFAULT.withCompression(packer.name()),
                            method,
                            admin(),
                            List.of(new byte[] {0}))
                    .join();
        } finally {
            channel.shutdownNow();
        }
    }

    private List<String> linesOf(String what) {
        return List.copyOf(logged.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.startsWith("turned away: " + what))
                .toList();
    }

    private static Refusals refusals() {
        return herald.application().rpc().refusals();
    }

    private static Metadata admin() {
        return RawCall.authorization("Bearer " + HeraldFixture.bearer(Role.ADMIN));
    }
}
