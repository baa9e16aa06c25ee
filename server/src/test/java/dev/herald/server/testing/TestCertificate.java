package dev.herald.server.testing;

import dev.herald.server.config.KnownSecrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** A relay's certificate, signed by an authority of its own; made by the JDK's keytool. */
public final class TestCertificate {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private final KeyStore store;
    private final Certificate authority;

    private TestCertificate(KeyStore store) throws GeneralSecurityException {
        this.store = store;
        this.authority = store.getCertificate("authority");
        store.deleteEntry("authority");
    }

    /** A valid one for names such as {@code dns:localhost} or {@code ip:127.0.0.1}. */
    public static TestCertificate forNames(String... names) {
        return make(names, List.of());
    }

    /** One that was valid last year. */
    public static TestCertificate expired(String... names) {
        return make(names, List.of("-startdate", "-1y", "-validity", "30"));
    }

    /** A valid one that soon isn't any more. */
    public static TestCertificate validForDays(int days, String... names) {
        return make(names, List.of("-validity", Integer.toString(days)));
    }

    /** For a server that shows it. */
    public SSLContext serverContext() {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** As the PEM files a server reads: the certificate, and its private key. */
    public void writePem(Path certificateFile, Path keyFile) {
        try {
            Files.writeString(
                    certificateFile,
                    pem("CERTIFICATE", store.getCertificate("relay").getEncoded()));
            Files.writeString(
                    keyFile, pem("PRIVATE KEY", store.getKey("relay", PASSWORD).getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String pem(String what, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        if (what.equals("PRIVATE KEY")) {
            KnownSecrets.add(body);
        }
        return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
    }

    /** For a client that trusts its authority and nothing else. */
    public SSLSocketFactory trustingFactory() {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", authority);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestCertificate make(String[] names, List<String> more) {
        try {
            Path file = Files.createTempFile("relay", ".p12");
            Files.delete(file);
            run(command(file, "authority", List.of("-ext", "bc:c")));
            List<String> relay =
                    new ArrayList<>(List.of("-signer", "authority", "-ext", "san=" + String.join(",", names)));
            relay.addAll(more);
            run(command(file, "relay", relay));
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, PASSWORD);
            }
            Files.delete(file);
            return new TestCertificate(store);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command(Path file, String alias, List<String> more) {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String password = new String(PASSWORD);
        List<String> command =
                new ArrayList<>(List.of(keytool, "-genkeypair", "-alias", alias, "-dname", "CN=" + alias));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", password, "-keystore", file.toString()));
        command.addAll(more);
        return command;
    }

    private static void run(List<String> command) throws IOException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new AssertionError(output);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
