package dev.herald.server.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /metrics}, {@code /livez} and {@code /readyz} over HTTP, to anybody who reaches the port. Being alive means that
 * this answers: it asks neither the database nor a relay. Threads are few and bounded, so that a crowd is turned away.
 */
final class MetricsServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MetricsServer.class);
    private static final int MOST_AT_ONCE = 8;
    /** The others are for probes, however slowly figures come. */
    private static final int MOST_SCRAPES = 4;

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String EXPOSITION = "text/plain; version=0.0.4; charset=utf-8";
    private static final Set<String> METHODS = Set.of("GET", "HEAD");

    static {
        // Seconds. The server's own limit is none, so that a few who never finish a request would keep it.
        limit("sun.net.httpserver.maxReqTime", "5");
        limit("sun.net.httpserver.maxRspTime", "5");
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final Supplier<String> scrape;
    private final Semaphore scrapes = new Semaphore(MOST_SCRAPES);
    private final BooleanSupplier ready;

    private MetricsServer(HttpServer server, Supplier<String> scrape, BooleanSupplier ready) {
        this.server = server;
        this.scrape = scrape;
        this.ready = ready;
        this.threads = new ThreadPoolExecutor(0, MOST_AT_ONCE, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
            Thread thread = new Thread(work, "metrics");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    private record Page(int status, String type, String body) {}

    /**
     * Listens; null when the usual port is wanted and taken, since another Herald on this machine is no reason not to serve.
     *
     * @throws UncheckedIOException when the address can't be listened on
     */
    static @Nullable MetricsServer start(TelemetryConfig config, Supplier<String> scrape, BooleanSupplier ready) {
        int port = config.port().orElse(TelemetryConfig.USUAL_PORT);
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(config.host()), port);
            MetricsServer server = new MetricsServer(HttpServer.create(address, 0), scrape, ready);
            if (port == 0) {
                log.info("metrics and probes are served on port {}", server.port());
            }
            return server;
        } catch (IOException e) {
            if (e instanceof BindException && config.port().isEmpty() && canListen(config.host())) {
                log.warn("port {} is taken: metrics and probes are not served; set METRICS_PORT", port);
                return null;
            }
            throw new UncheckedIOException(
                    "METRICS_HOST, METRICS_PORT: can't listen on " + config.host() + ":" + port + ": " + e.getMessage(),
                    e);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Page page = METHODS.contains(exchange.getRequestMethod())
                    ? page(exchange.getRequestURI().getPath())
                    : new Page(405, TEXT, "only GET\n");
            byte[] body = page.body().getBytes(StandardCharsets.UTF_8);
            boolean bodiless = exchange.getRequestMethod().equals("HEAD");
            exchange.getResponseHeaders().set("Content-Type", page.type());
            exchange.sendResponseHeaders(page.status(), bodiless ? -1 : body.length);
            if (!bodiless) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private Page page(String path) {
        return switch (path) {
            case "/metrics" -> metrics();
            case "/livez" -> new Page(200, TEXT, "alive\n");
            case "/readyz" ->
                ready.getAsBoolean() ? new Page(200, TEXT, "ready\n") : new Page(503, TEXT, "not ready\n");
            default -> new Page(404, TEXT, "there are /metrics, /livez and /readyz\n");
        };
    }

    private Page metrics() {
        if (!scrapes.tryAcquire()) {
            return new Page(503, TEXT, "too many at once; come again\n");
        }
        try {
            return new Page(200, EXPOSITION, scrape.get());
        } finally {
            scrapes.release();
        }
    }

    private static boolean canListen(String host) {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static void limit(String name, String seconds) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, seconds);
        }
    }
}
