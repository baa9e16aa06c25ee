package dev.herald.server.telemetry;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.Compressor;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import io.opentelemetry.sdk.common.export.MessageWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Posts spans to a collector (OTLP over HTTP) by Java's own HTTP client, so that none has to be shipped. Spans that don't get
 * through are dropped. Thread-safe.
 */
public final class SpanPost implements HttpSender {
    private final HttpSenderConfig config;
    private final HttpClient client;

    private SpanPost(HttpSenderConfig config) {
        this.config = config;
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(config.getConnectTimeout());
        if (config.getSslContext() != null) {
            builder.sslContext(config.getSslContext());
        }
        if (config.getProxyOptions() != null) {
            builder.proxy(config.getProxyOptions().getProxySelector());
        }
        this.client = builder.build();
    }

    private static final class Answer implements HttpResponse {
        private final int status;
        private final byte[] body;

        Answer(int status, byte[] body) {
            this.status = status;
            this.body = body;
        }

        @Override
        public int getStatusCode() {
            return status;
        }

        @Override
        public String getStatusMessage() {
            return "HTTP " + status;
        }

        @Override
        public byte[] getResponseBody() {
            return body;
        }
    }

    @Override
    public void send(MessageWriter spans, Consumer<HttpResponse> onResponse, Consumer<Throwable> onError) {
        HttpRequest request;
        try {
            request = request(spans);
        } catch (IOException | RuntimeException e) {
            onError.accept(e);
            return;
        }
        var unused = client.sendAsync(request, BodyHandlers.ofByteArray()).whenComplete((answer, failure) -> {
            if (failure == null) {
                onResponse.accept(new Answer(answer.statusCode(), answer.body()));
            } else {
                onError.accept(failure);
            }
        });
    }

    @Override
    public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
    }

    private HttpRequest request(MessageWriter spans) throws IOException {
        Compressor compressor = config.getCompressor();
        HttpRequest.Builder request = HttpRequest.newBuilder(config.getEndpoint())
                .timeout(config.getTimeout())
                .header("Content-Type", config.getContentType());
        for (Map.Entry<String, List<String>> header :
                config.getHeadersSupplier().get().entrySet()) {
            header.getValue().forEach(value -> request.header(header.getKey(), value));
        }
        if (compressor != null) {
            request.header("Content-Encoding", compressor.getEncoding());
        }
        return request.POST(BodyPublishers.ofByteArray(body(spans, compressor))).build();
    }

    private static byte[] body(MessageWriter spans, @Nullable Compressor compressor) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream(Math.max(spans.getContentLength(), 32));
        if (compressor == null) {
            spans.writeMessage(body);
        } else {
            try (OutputStream compressed = compressor.compress(body)) {
                spans.writeMessage(compressed);
            }
        }
        return body.toByteArray();
    }

    /** How the exporter finds it: META-INF/services names this class. */
    public static final class Provider implements HttpSenderProvider {
        @Override
        public HttpSender createSender(HttpSenderConfig config) {
            return new SpanPost(config);
        }
    }
}
