package dev.herald.server;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.herald.client.HeraldClient;
import dev.herald.client.ServiceCallException;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.MemorySpans;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawHttp2;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.v1.GenerateForSessionRequest;
import dev.herald.v1.NotificationServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One trace from a caller through the queue to the relay's answer. */
class TracesTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER_SPAN = "b7ad6b7169203331";
    private static final String GENERATE = "herald.v1.NotificationService/GenerateForSession";
    private static final Metadata.Key<String> TRACEPARENT =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

    private HeraldFixture herald = null;

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void generateForSession_delivered_isOneTraceFromTheCallerToThe250() {
        start(MemorySpans.SETTINGS);
        herald.loadCampus(2);
        generate("00-" + TRACE + "-" + CALLER_SPAN + "-01");
        assertThat(herald.awaitDelivery(SESSION_ID).getSent()).isEqualTo(2);
        await().until(() -> named("deliver attendance_session").size() == 2);
        SpanData call = named(GENERATE).get(0);
        assertThat(call.getTraceId()).isEqualTo(TRACE);
        assertThat(call.getParentSpanId()).isEqualTo(CALLER_SPAN);
        assertThat(call.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(text(call, "rpc.system.name")).isEqualTo("grpc");
        assertThat(text(call, "rpc.method")).isEqualTo(GENERATE);
        assertThat(text(call, "rpc.response.status_code")).isEqualTo("OK");
        for (SpanData delivery : named("deliver attendance_session")) {
            SpanData wait = parentOf(delivery);
            assertThat(delivery.getTraceId()).isEqualTo(TRACE);
            assertThat(delivery.getKind()).isEqualTo(SpanKind.CLIENT);
            assertThat(number(delivery, "herald.smtp.code")).isEqualTo(250);
            assertThat(text(delivery, "herald.relay"))
                    .isEqualTo("127.0.0.1:" + herald.relay().port());
            assertThat(text(delivery, "herald.delivery.result")).isEqualTo("sent");
            assertThat(number(delivery, "herald.email_id")).isEqualTo(number(wait, "herald.email_id"));
            assertThat(wait.getName()).isEqualTo("outbox attendance_session");
            assertThat(wait.getParentSpanId()).isEqualTo(call.getSpanId());
            assertThat(wait.getStartEpochNanos()).isLessThanOrEqualTo(delivery.getStartEpochNanos());
        }
        assertThat(named("deliver attendance_session"))
                .extracting(span -> number(span, "herald.email_id"))
                .doesNotHaveDuplicates();
    }

    @Test
    void delivery_retriedByItself_staysInTheTrace() {
        start(MemorySpans.SETTINGS);
        herald.loadCampus(1);
        herald.relay().reply(Stage.RCPT, to -> "451 4.7.1 <" + to + "> greylisted");
        generate("00-" + TRACE + "-" + CALLER_SPAN + "-01");
        await().until(() -> herald.number("SELECT count(*) FROM outbox WHERE attempts = 1") == 1);
        herald.relay().usual(Stage.RCPT);
        herald.update("UPDATE outbox SET due_at = now()");
        assertThat(herald.awaitDelivery(SESSION_ID).getSent()).isEqualTo(1);
        await().until(() -> named("deliver attendance_session").size() == 2);
        List<SpanData> deliveries = named("deliver attendance_session");
        assertThat(deliveries).allMatch(span -> span.getTraceId().equals(TRACE));
        assertThat(deliveries)
                .extracting(span -> number(span, "herald.attempt"))
                .containsExactly(1L, 2L);
        assertThat(deliveries)
                .extracting(span -> number(span, "herald.smtp.code"))
                .containsExactly(451L, 250L);
        assertThat(deliveries.get(0).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(text(deliveries.get(0), "herald.delivery.result")).isEqualTo("postponed");
    }

    @Test
    void delivery_retriedByHand_goesOnInTheTraceOfWhoAskedForIt() {
        start(MemorySpans.SETTINGS);
        HeraldClient admin = herald.admin();
        herald.loadCampus(1);
        herald.relay().reply(Stage.RCPT, to -> "550 5.1.1 <" + to + "> unknown");
        generate("00-" + TRACE + "-" + CALLER_SPAN + "-01");
        assertThat(herald.awaitDelivery(SESSION_ID).getFailed()).isEqualTo(1);
        herald.relay().usual(Stage.RCPT);
        admin.notifications().retryFailed(herald.awaitDelivery(SESSION_ID).getFailedEmailIdsList());
        assertThat(herald.awaitDelivery(SESSION_ID).getSent()).isEqualTo(1);
        await().until(() -> named("deliver attendance_session").size() == 2);
        SpanData retry =
                named("herald.v1.NotificationService/RetryFailedNotifications").get(0);
        List<SpanData> deliveries = named("deliver attendance_session");
        assertThat(deliveries)
                .extracting(SpanData::getTraceId)
                .containsExactly(TRACE, retry.getTraceId())
                .doesNotHaveDuplicates();
        assertThat(text(deliveries.get(0), "error.type")).isEqualTo("recipient_rejected");
    }

    @Test
    void generateForSession_callerDoesNotSample_leavesNoTraceInTheQueue() {
        start(with(MemorySpans.SETTINGS, "DELIVERY", "off"));
        herald.loadCampus(3);
        generate("00-" + TRACE + "-" + CALLER_SPAN + "-00");
        assertThat(herald.number("SELECT count(*) FROM outbox WHERE trace IS NULL"))
                .isEqualTo(3);
        assertThat(named(GENERATE)).isEmpty();
    }

    @Test
    void generateForSession_tracesOff_leavesNoTraceInTheQueue() {
        start(Map.of("DELIVERY", "off", "OTEL_TRACES_EXPORTER", "none"));
        herald.loadCampus(3);
        generate("00-" + TRACE + "-" + CALLER_SPAN + "-01");
        assertThat(herald.application().telemetry().traces()).isEmpty();
        assertThat(herald.number("SELECT count(*) FROM outbox WHERE trace IS NULL"))
                .isEqualTo(3);
    }

    /** Of an older process, or of somebody's hand. */
    @Test
    void delivery_traceThatCannotBeRead_isDeliveredAllTheSame() {
        start(with(MemorySpans.SETTINGS, "DELIVERY", "off"));
        herald.loadCampus(1);
        generate("00-" + TRACE + "-" + CALLER_SPAN + "-01");
        herald.update("UPDATE outbox SET trace = 'garbage'");
        try (HeraldFixture other = herald.another(MemorySpans.SETTINGS)) {
            assertThat(other.awaitDelivery(SESSION_ID).getSent()).isEqualTo(1);
            await().until(() -> named("deliver attendance_session").size() == 1);
            assertThat(named("deliver attendance_session").get(0).getTraceId()).isNotEqualTo(TRACE);
        }
    }

    @Test
    void calls_refusedAndUnknown_areSpansWithoutWhatTheCallerSent() {
        start(MemorySpans.SETTINGS);
        assertThatThrownBy(() -> herald.admin().notifications().get(4711)).isInstanceOf(ServiceCallException.class);
        String secret = "student1@campus.example";
        RawCall.toItsEnd(
                herald.channel(),
                "herald.v1.Nobody/" + secret,
                RawCall.authorization("Bearer " + secret),
                List.of(new byte[0]));
        await().until(() -> named("grpc").size() == 1);
        assertThat(text(named("grpc").get(0), "rpc.method")).isEqualTo("_OTHER");
        assertThat(text(named("grpc").get(0), "rpc.response.status_code")).isEqualTo("UNIMPLEMENTED");
        assertThat(named("grpc").get(0).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        SpanData refused =
                named("herald.v1.NotificationService/GetNotification").get(0);
        assertThat(text(refused, "rpc.response.status_code")).isEqualTo("NOT_FOUND");
        assertThat(refused.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(MemorySpans.all().toString()).doesNotContain(secret);
    }

    @Test
    void calls_ofManyStrangers_leaveFewSpans() {
        start(MemorySpans.SETTINGS);
        ManagedChannel channel = herald.channel();
        for (int i = 0; i < 100; i++) {
            RawCall.toItsEnd(channel, GENERATE, RawCall.authorization("Bearer x"), List.of(new byte[0]));
        }
        awaitSpanOfAKnownCaller();
        assertThat(named(GENERATE).size()).isBetween(2, 50);
    }

    @Test
    void calls_ofMethodsThatNobodyServes_leaveFewSpans() {
        start(MemorySpans.SETTINGS);
        ManagedChannel channel = herald.channel();
        for (int i = 0; i < 100; i++) {
            RawCall.toItsEnd(channel, "herald.v1.Nobody/Call" + i, new Metadata(), List.of(new byte[0]));
        }
        awaitSpanOfAKnownCaller();
        assertThat(named("grpc").size()).isBetween(1, 50);
    }

    /** The reset is there before the answer could be written. */
    @Test
    void calls_ofStrangersWhoResetThem_leaveFewSpans() {
        start(MemorySpans.SETTINGS);
        try (RawHttp2 client = RawHttp2.open(herald.port())) {
            for (int stream = 1; stream < 200; stream += 2) {
                client.call(stream, "/" + GENERATE);
                client.reset(stream);
            }
            client.ping();
            assertThat(Stream.generate(client::next)
                            .takeWhile(Optional::isPresent)
                            .anyMatch(frame -> frame.orElseThrow().type() == RawHttp2.PING))
                    .isTrue();
        }
        awaitSpanOfAKnownCaller();
        assertThat(named(GENERATE).size()).isBetween(2, 50);
    }

    /** Spans are exported in the order in which they end: those of the calls before are there then too. */
    private void awaitSpanOfAKnownCaller() {
        RawCall.toItsEnd(
                herald.channel(),
                GENERATE,
                RawCall.authorization("Bearer " + HeraldFixture.bearer(Role.READER)),
                List.of(new byte[0]));
        await().until(() -> named(GENERATE).stream()
                .anyMatch(span -> text(span, "rpc.response.status_code").equals("PERMISSION_DENIED")));
    }

    private void start(Map<String, String> settings) {
        herald = HeraldFixture.start(settings);
    }

    private void generate(String traceparent) {
        Metadata headers = RawCall.authorization("Bearer " + HeraldFixture.bearer(Role.SESSION));
        headers.put(TRACEPARENT, traceparent);
        var unused = NotificationServiceGrpc.newBlockingStub(herald.channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .generateForSession(GenerateForSessionRequest.newBuilder()
                        .setSessionId(SESSION_ID)
                        .build());
    }

    private static List<SpanData> named(String name) {
        return MemorySpans.all().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }

    private static SpanData parentOf(SpanData span) {
        return MemorySpans.all().stream()
                .filter(other -> other.getSpanId().equals(span.getParentSpanId()))
                .findFirst()
                .orElseThrow();
    }

    private static String text(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.stringKey(name));
    }

    private static Long number(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.longKey(name));
    }

    private static Map<String, String> with(Map<String, String> settings, String name, String value) {
        Map<String, String> all = new HashMap<>(settings);
        all.put(name, value);
        return all;
    }
}
