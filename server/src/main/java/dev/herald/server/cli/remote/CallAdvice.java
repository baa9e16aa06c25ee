package dev.herald.server.cli.remote;

import dev.herald.client.ServiceCallException;
import dev.herald.server.cli.terminal.LengthOfTime;
import dev.herald.v1.ErrorReason;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Says what a failed call means for the person at the keyboard, and what to do. */
final class CallAdvice {
    private CallAdvice() {}

    static String sentence(ServiceCallException failure, Connection connection) {
        String said = message(failure);
        return switch (failure.code()) {
            case UNAVAILABLE ->
                failure.reason() == ErrorReason.ERROR_REASON_UNSPECIFIED ? unreached(failure, connection) : said;
            case DEADLINE_EXCEEDED ->
                connection.target() + " did not answer within " + LengthOfTime.text(connection.timeout())
                        + "; --timeout allows more";
            case UNAUTHENTICATED -> connection.target() + unauthenticated(connection.credential());
            case PERMISSION_DENIED ->
                said + " (shown was " + connection.credential().source() + ")";
            case RESOURCE_EXHAUSTED ->
                said
                        + failure.retryAfter()
                                .map(delay -> "; try again in " + LengthOfTime.text(delay.plusMillis(999)))
                                .orElse("");
            case UNIMPLEMENTED -> connection.target() + " is older than this command: " + said;
            default -> said;
        };
    }

    private static String message(ServiceCallException failure) {
        return failure.description().isEmpty() ? failure.code().name() : failure.description();
    }

    private static String unauthenticated(Credential credential) {
        return credential.token().isEmpty()
                ? " wants a token, and there is none: name one by --token-file or HERALD_TOKEN, or set the server's"
                        + " AUTH_JWT_SECRET"
                : " refuses " + credential.source()
                        + ": it has expired, or the server has another AUTH_JWT_SECRET than the one that signed it;"
                        + " ./herald caller-token makes one, with the server's";
    }

    private static String unreached(ServiceCallException failure, Connection connection) {
        String what = "no answer from " + connection.target();
        if (has(failure, SSLException.class)) {
            return what + ": " + tls(failure);
        }
        if (has(failure, UnknownHostException.class)) {
            return what + ": no such host; --server names another";
        }
        String where = "is it running there (./herald serve)? --server, or GRPC_HOST and GRPC_PORT, name another";
        if (connection.encrypted() || has(failure, ConnectException.class)) {
            return what + ": " + where;
        }
        return what + ": if it speaks TLS, say --tls or --ca; else " + where;
    }

    private static String tls(ServiceCallException failure) {
        boolean noTls = causes(failure)
                .anyMatch(cause -> String.valueOf(cause.getMessage()).startsWith("not an SSL/TLS"));
        return noTls
                ? "it speaks no TLS; --plaintext does without, where the network is trusted"
                : "its certificate isn't trusted, or it wants one of yours: look at --ca, --server-name, --cert and --key";
    }

    private static boolean has(Throwable failure, Class<?> type) {
        return causes(failure).anyMatch(type::isInstance);
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
    }
}
