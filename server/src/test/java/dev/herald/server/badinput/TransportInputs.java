package dev.herald.server.badinput;

import static dev.herald.server.badinput.BadInput.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.badinput.BadInput.Place;
import dev.herald.server.badinput.BadInput.Sending;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawCall.Answer;
import dev.herald.v1.GetNotificationRequest;
import dev.herald.v1.NotificationServiceGrpc;
import dev.herald.v1.TokenServiceGrpc;
import dev.herald.v1.ValidateTokenRequest;
import io.grpc.CallOptions;
import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** B13 to B17 and B20: bytes that are no request. */
final class TransportInputs {
    private static final String VALIDATE =
            TokenServiceGrpc.getValidateTokenMethod().getFullMethodName();
    private static final byte[] ANY =
            ValidateTokenRequest.newBuilder().setToken("a.b.c").build().toByteArray();

    private TransportInputs() {}

    static Stream<BadInput> rows() {
        return Stream.of(b13(), b14(), b15ToB17(), b20()).flatMap(all -> all);
    }

    private static Stream<BadInput> b13() {
        return Stream.of((1 << 20) + 1, 5_000_000)
                .map(size -> send(
                        "B13",
                        size + " bytes",
                        scene -> scene.call(TokenServiceGrpc.getValidateTokenMethod(), token(size)),
                        // Refused by the framework before any code of ours.
                        Expected.refused(Status.Code.RESOURCE_EXHAUSTED, "").and(TransportInputs::stillServes)));
    }

    private static Stream<BadInput> b14() {
        return Map.ofEntries(
                        Map.entry("text", "not a message".getBytes(StandardCharsets.UTF_8)),
                        Map.entry("a tag without a value", new byte[] {0x0a}),
                        Map.entry("truncated", new byte[] {0x0a, 0x7f, 'x'}),
                        Map.entry("bad UTF-8", new byte[] {0x0a, 0x02, (byte) 0xc3, 0x28}),
                        Map.entry("an end group", new byte[] {0x0c}),
                        Map.entry("an open group", new byte[] {0x0b}),
                        Map.entry("field 0", new byte[] {0x02, 0x00}),
                        Map.entry("wire type 7", new byte[] {0x0f}),
                        Map.entry("a number of 11 bytes", new byte[] {0x10, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}),
                        Map.entry("a length of -1", new byte[] {0x0a, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}),
                        Map.entry("500 groups deep", groups(500)),
                        Map.entry("50,000 groups deep", groups(50_000)))
                .entrySet()
                .stream()
                .map(bytes -> send(
                        "B14",
                        bytes.getKey(),
                        scene -> scene.call(TokenServiceGrpc.getValidateTokenMethod(), bytes.getValue()),
                        Expected.refused(Status.Code.INVALID_ARGUMENT, "MALFORMED_REQUEST")));
    }

    private static Stream<BadInput> b15ToB17() {
        return Stream.of(
                send(
                        "B15",
                        "20 MB packed to 20 KB",
                        scene -> RawCall.packed(scene.channel(), VALIDATE, scene.admin(), List.of(token(20_000_000))),
                        Expected.refused(Status.Code.RESOURCE_EXHAUSTED, "REQUEST_TOO_LARGE")
                                .and(TransportInputs::stillServes)),
                send(
                        "B16",
                        "an unknown encoding",
                        TransportInputs::inUnknownEncoding,
                        Expected.refused(Status.Code.UNIMPLEMENTED, "")),
                unknown("herald.v1.TokenService/Foo"),
                unknown("herald.v1.FooService/ValidateToken"),
                unknown("herald.v1.TokenService/validateToken"),
                metadata(9_000),
                metadata(64_000));
    }

    private static BadInput unknown(String method) {
        return send(
                "B16",
                "the method " + method,
                scene -> RawCall.toItsEnd(scene.channel(), method, scene.admin(), List.of(ANY)),
                Expected.refused(Status.Code.UNIMPLEMENTED, "METHOD_NOT_FOUND"));
    }

    /** How the framework says so differs; that others are served on does not. */
    private static BadInput metadata(int size) {
        return send(
                "B17",
                size + " bytes of metadata",
                scene -> {
                    Metadata headers = scene.admin();
                    headers.put(Metadata.Key.of("x-large", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(size));
                    Answer answer = RawCall.toItsEnd(scene.herald().channel(), VALIDATE, headers, List.of(ANY));
                    assertThat(answer.code())
                            .isIn(Status.Code.INTERNAL, Status.Code.RESOURCE_EXHAUSTED, Status.Code.UNKNOWN);
                    return scene.call(TokenServiceGrpc.getValidateTokenMethod(), ANY);
                },
                Expected.ok());
    }

    private static Stream<BadInput> b20() {
        byte[] request =
                GetNotificationRequest.newBuilder().setEmailId(4_711).build().toByteArray();
        String get = NotificationServiceGrpc.getGetNotificationMethod().getFullMethodName();
        return Stream.of(List.<byte[]>of(), List.of(request, request), List.of(request, request, request))
                .map(messages -> send(
                        "B20",
                        messages.size() + " messages to a unary method",
                        scene -> RawCall.toItsEnd(scene.channel(), get, scene.admin(), messages),
                        Expected.refused(Status.Code.INVALID_ARGUMENT, "MALFORMED_REQUEST")));
    }

    private static Answer inUnknownEncoding(Scene scene) {
        CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();
        compressors.register(new Reversed());
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", scene.herald().port())
                .usePlaintext()
                .compressorRegistry(compressors)
                .build();
        try {
            CallOptions options = CallOptions.DEFAULT.withCompression("reversed");
            return RawCall.with(options, channel, VALIDATE, scene.admin(), List.of(ANY));
        } finally {
            channel.shutdownNow();
        }
    }

    private static void stillServes(Scene scene, Answer refused) {
        assertThat(scene.call(TokenServiceGrpc.getValidateTokenMethod(), ANY).code())
                .isEqualTo(Status.Code.OK);
    }

    private static BadInput send(String number, String what, Sending sending, Expected expected) {
        return row(number, what, Place.QUIET, sending, expected);
    }

    private static byte[] token(int size) {
        return ValidateTokenRequest.newBuilder()
                .setToken("x".repeat(size))
                .build()
                .toByteArray();
    }

    /** Unknown fields within each other, all of them closed. */
    private static byte[] groups(int depth) {
        byte[] bytes = new byte[2 * depth];
        Arrays.fill(bytes, 0, depth, (byte) 0x7b);
        Arrays.fill(bytes, depth, 2 * depth, (byte) 0x7c);
        return bytes;
    }

    private static final class Reversed implements io.grpc.Compressor {
        @Override
        public String getMessageEncoding() {
            return "reversed";
        }

        @Override
        public OutputStream compress(OutputStream out) throws java.io.IOException {
            return Codec.Identity.NONE.compress(out);
        }
    }
}
