package dev.herald.server.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PlainWordsTest {
    @ParameterizedTest
    @MethodSource("faults")
    void ofCause_whatLibrariesThrow_isSaidWithoutNamesOfClasses(Throwable fault, String words) {
        assertThat(PlainWords.ofCause(new IOException("wrapped", fault))).isEqualTo(words);
        assertThat(PlainWords.of(fault)).isEqualTo(words);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(new UnknownHostException("smtp.example.org"), "no such host: smtp.example.org"),
                Arguments.of(new ConnectException("Connection refused"), "connection refused: nothing listens there"),
                Arguments.of(new SocketTimeoutException("Connect timed out"), "no answer in time"),
                Arguments.of(new BindException("Address already in use"), "something listens there already"),
                Arguments.of(new BindException("Cannot assign requested address"), "this machine has no such address"),
                Arguments.of(new NoSuchFileException("/a/b"), "there is no file /a/b"),
                Arguments.of(new CertPathBuilderException("unable to find"), "its certificate isn't trusted here"),
                Arguments.of(
                        new CertificateException("No name matching a.example found"),
                        "its certificate is for another name: No name matching a.example found"),
                Arguments.of(new SSLException("Unsupported or unrecognized SSL message"), "it doesn't speak TLS there"),
                Arguments.of(
                        new SSLHandshakeException("Received fatal alert: handshake_failure"),
                        "TLS could not be agreed on: Received fatal alert: handshake_failure"));
    }

    @Test
    void ofCause_whatIsNotKnown_isSaidWithWhatWrappedIt() {
        Exception bottom = new ConnectException("Network is unreachable");
        assertThat(PlainWords.ofCause(new IOException("Couldn't connect to host", new IOException("again", bottom))))
                .isEqualTo("Couldn't connect to host: Network is unreachable");
        assertThat(PlainWords.ofCause(new IOException("failed: Network is unreachable", bottom)))
                .isEqualTo("failed: Network is unreachable");
        assertThat(PlainWords.ofCause(bottom)).isEqualTo("Network is unreachable");
    }

    @Test
    void of_namesOfClassesInAMessage_areLeftOut() {
        assertThat(PlainWords.of(new IOException("Could not parse: java.io.IOException: Incomplete data\nat line 2")))
                .isEqualTo("Could not parse: Incomplete data");
        assertThat(PlainWords.of(new IOException("org.postgresql.util.PSQLException: FATAL: sorry")))
                .isEqualTo("FATAL: sorry");
    }

    @Test
    void of_noMessage_isTheWordsOfTheName() {
        assertThat(PlainWords.of(new ClosedChannelException())).isEqualTo("closed channel");
        assertThat(PlainWords.of(new IllegalStateException("java.lang.NullPointerException")))
                .isEqualTo("illegal state");
    }

    @Test
    void of_messageForPeople_isKeptWhateverCausedIt() {
        Exception ours = new IllegalStateException("HERALD_DATA_DIR: can't run there", new ConnectException("refused"));
        assertThat(PlainWords.of(ours)).isEqualTo("HERALD_DATA_DIR: can't run there");
    }
}
