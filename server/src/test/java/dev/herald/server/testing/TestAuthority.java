package dev.herald.server.testing;

import dev.herald.server.config.KnownSecrets;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority that signs certificates for servers and clients, as PEM files; made by the JDK's keytool. */
public final class TestAuthority {
    private static final String PASSWORD = "changeit";
    private static final String SELF = "authority";
    private static final Path ALL = untilTheEnd();

    private final Path folder;
    private final Path store;
    private int issued;

    private TestAuthority(Path folder) {
        this.folder = folder;
        this.store = folder.resolve("authority.p12");
    }

    /** Files of one certificate. */
    public record Identity(Path chain, Path key) {}

    /** A new one, with its files in a folder of its own, which goes when the tests end. */
    public static TestAuthority named(String name) {
        try {
            TestAuthority authority = new TestAuthority(Files.createTempDirectory(ALL, "authority"));
            authority.generate(SELF, name, List.of("-ext", "bc:c"));
            return authority;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path untilTheEnd() {
        try {
            Path folder = Files.createTempDirectory("authorities");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder.toFile())));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(File file) {
        File[] content = file.listFiles();
        if (content != null) {
            Arrays.stream(content).forEach(TestAuthority::delete);
        }
        if (!file.delete()) {
            throw new AssertionError(file + " stays");
        }
    }

    /** For a client that trusts it, and shows no certificate. */
    public SSLContext trusting() {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry(SELF, certificates(SELF).get(0));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Its own certificate. */
    public Path certificate() {
        return write("ca.pem", pem("CERTIFICATE", encoded(certificates(SELF).get(0))));
    }

    /** A certificate for names such as {@code dns:localhost}, {@code ip:127.0.0.1} or {@code uri:spiffe://campus/x}. */
    public Identity issue(String... names) {
        return issueBy(SELF, names);
    }

    /** One from an authority below this one that is valid for less long; both are in the chain. */
    public Identity issueBelow(int days, String... names) {
        String between = "between" + issued++;
        generate(between, between, List.of("-signer", SELF, "-ext", "bc:c", "-validity", Integer.toString(days)));
        return issueBy(between, names);
    }

    private Identity issueBy(String signer, String... names) {
        String alias = "id" + issued++;
        List<String> more = new ArrayList<>(List.of("-signer", signer));
        if (names.length > 0) {
            more.addAll(List.of("-ext", "san=" + String.join(",", names)));
        }
        generate(alias, alias, more);
        String chain = certificates(alias).stream()
                .limit(signer.equals(SELF) ? 1 : 2)
                .map(certificate -> pem("CERTIFICATE", encoded(certificate)))
                .collect(Collectors.joining());
        return new Identity(write(alias + ".pem", chain), write(alias + ".key", pem("PRIVATE KEY", privateKey(alias))));
    }

    private void generate(String alias, String name, List<String> more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-dname",
                "CN=" + name,
                "-J-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-storetype", "PKCS12"));
        command.addAll(List.of("-storepass", PASSWORD, "-keystore", store.toString()));
        command.addAll(more);
        HeraldProcess.Finished finished = HeraldProcess.finish(new ProcessBuilder(command));
        if (finished.exitCode() != 0) {
            throw new AssertionError(finished.out() + finished.err());
        }
    }

    private List<Certificate> certificates(String alias) {
        try {
            return List.of(open().getCertificateChain(alias));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] privateKey(String alias) {
        try {
            return open().getKey(alias, PASSWORD.toCharArray()).getEncoded();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private KeyStore open() {
        try (InputStream content = Files.newInputStream(store)) {
            KeyStore opened = KeyStore.getInstance("PKCS12");
            opened.load(content, PASSWORD.toCharArray());
            return opened;
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] encoded(Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private Path write(String name, String content) {
        try {
            return Files.writeString(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String pem(String what, byte[] content) {
        String lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        if (what.equals("PRIVATE KEY")) {
            KnownSecrets.add(lines);
        }
        return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
    }
}
