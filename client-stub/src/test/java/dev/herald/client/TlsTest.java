package dev.herald.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.v1.DeleteSessionRequest;
import dev.herald.v1.DeleteSessionResponse;
import dev.herald.v1.DirectoryServiceGrpc.DirectoryServiceImplBase;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    @TempDir
    static Path folder;

    static TestCertificate server;
    static TestCertificate caller;

    @BeforeAll
    static void makeCertificates() throws IOException, GeneralSecurityException {
        server = TestCertificate.make(folder, "server");
        caller = TestCertificate.make(folder, "caller");
    }

    @Test
    void call_authorityTrusted_sendsTheTokenEncrypted() throws IOException {
        try (FakeHerald herald = FakeHerald.running(serverCredentials().build(), new Deleting());
                HeraldClient client = HeraldClient.builder(herald.target())
                        .tls(server.certificate())
                        .bearerToken("abc")
                        .build()) {
            client.directory().deleteSession(42);

            assertThat(herald.authorizations()).containsExactly(List.of("Bearer abc"));
        }
    }

    @Test
    void call_authorityUnknown_isUnavailableAndNothingSent() throws IOException {
        try (FakeHerald herald = FakeHerald.running(serverCredentials().build(), new Deleting());
                HeraldClient client =
                        HeraldClient.builder(herald.target()).bearerToken("abc").build()) {
            assertThatThrownBy(() -> client.directory().deleteSession(42)).satisfies(TlsTest::isUnavailable);

            assertThat(herald.authorizations()).isEmpty();
        }
    }

    @Test
    void call_throughATunnel_isTakenWhenTheServersNameIsGiven() throws IOException {
        try (FakeHerald herald = FakeHerald.running(serverCredentials().build(), new Deleting())) {
            // The certificate is for 127.0.0.1 alone.
            String tunnel = herald.target().replace("127.0.0.1", "localhost");
            try (HeraldClient told = HeraldClient.builder(tunnel)
                            .tls(server.certificate())
                            .serverName("127.0.0.1")
                            .build();
                    HeraldClient untold = HeraldClient.builder(tunnel)
                            .tls(server.certificate())
                            .build()) {
                told.directory().deleteSession(42);

                assertThatThrownBy(() -> untold.directory().deleteSession(42)).satisfies(TlsTest::isUnavailable);
            }
        }
    }

    @Test
    void call_serverAsksForACertificate_isTakenWithItAndRefusedWithout() throws IOException {
        TlsServerCredentials.Builder mutual = serverCredentials()
                .trustManager(caller.certificate().toFile())
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
        try (FakeHerald herald = FakeHerald.running(mutual.build(), new Deleting());
                HeraldClient known = HeraldClient.builder(herald.target())
                        .tls(server.certificate())
                        .clientCertificate(caller.certificate(), caller.privateKey())
                        .build();
                HeraldClient stranger = HeraldClient.builder(herald.target())
                        .tls(server.certificate())
                        .build()) {
            known.directory().deleteSession(42);

            assertThatThrownBy(() -> stranger.directory().deleteSession(42)).satisfies(TlsTest::isUnavailable);
        }
    }

    @Test
    void build_unreadableAuthority_saysWhichFile() {
        Path missing = folder.resolve("missing.pem");

        assertThatThrownBy(() ->
                        HeraldClient.builder("localhost:9090").tls(missing).build())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("missing.pem");
    }

    private static TlsServerCredentials.Builder serverCredentials() throws IOException {
        return TlsServerCredentials.newBuilder()
                .keyManager(server.certificate().toFile(), server.privateKey().toFile());
    }

    private static void isUnavailable(Throwable failure) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        ServiceCallException.class, e -> assertThat(e.code()).isEqualTo(Status.Code.UNAVAILABLE));
    }

    private static final class Deleting extends DirectoryServiceImplBase {
        @Override
        public void deleteSession(DeleteSessionRequest request, StreamObserver<DeleteSessionResponse> answer) {
            answer.onNext(DeleteSessionResponse.getDefaultInstance());
            answer.onCompleted();
        }
    }
}
